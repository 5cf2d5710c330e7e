package io.tallymark.config;

import io.tallymark.aggregate.AggregateSettings;
import io.tallymark.config.CloseSettings.AtDeadline;
import io.tallymark.config.CloseSettings.Hold;
import io.tallymark.config.CloseSettings.Late;
import io.tallymark.config.CloseSettings.Unsold;
import io.tallymark.deadletter.DeadLetterSettings;
import io.tallymark.ingest.IngestSettings;
import io.tallymark.reconcile.ReconcileSettings;
import io.tallymark.report.CustomerMapping;
import io.tallymark.report.ReportSettings;
import io.tallymark.stripe.StripeSettings;
import io.tallymark.usage.DatabaseAccess;
import io.tallymark.usage.Meter;
import io.tallymark.usage.SecretRef;
import io.tallymark.usage.UserError;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Loads {@code tallymark.yaml}. Every key has its default here, or is required. */
public final class SettingsLoader {
    /** Variable that names the file when no {@code --config} does. */
    public static final String CONFIG_VARIABLE = "TALLYMARK_CONFIG";

    private static final Pattern TOPIC_NAME = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._-]{1,249}");
    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration DAY = Duration.ofDays(1);

    private final Problems problems;

    private SettingsLoader(Problems problems) {
        this.problems = problems;
    }

    /**
     * Reads and checks a file.
     *
     * @throws UserError naming every problem, each with its key and value
     */
    public static Settings load(Path file) {
        return fromText(file.toString(), YamlFile.read(file, "--config"));
    }

    /**
     * As {@link #load}, from text.
     *
     * @param name what messages call it
     */
    public static Settings fromText(String name, String yaml) {
        return YamlFile.parse(
                name,
                yaml,
                "README.md",
                EnvironmentText::expand,
                root -> new SettingsLoader(root.problems()).settings(root));
    }

    private Settings settings(ConfigSection root) {
        List<Meter> meters = new MeterConfig(problems).read(root);
        Set<Pipeline> pipelines = pipelines(root);
        ConfigSection kafka = root.section("kafka");
        ConfigSection metering = root.section("metering");
        IngestSettings ingest = ingest(kafka, metering, meters);
        DeadLetterSettings deadLetters = deadLetters(kafka, ingest);
        AggregateSettings aggregate = AggregateSettings.of(
                ingest.maxLateness(),
                metering.duration("early-results", AggregateSettings.DEFAULT_EARLY_RESULTS, SHORTEST, DAY),
                meters);
        DatabaseAccess database = database(root.section("postgres"));
        ConfigSection stripeSection = root.section("stripe");
        StripeSettings stripe = stripe(stripeSection);
        ReportSettings report = report(stripeSection, root.section("reporting"), database, meters, stripe);
        ReconcileSettings reconcile = reconcile(root.section("reconcile"), database);
        CloseSettings close = close(root.section("close"));
        stripeSection.finish();
        kafka.finish();
        metering.finish();
        root.finish();
        return new Settings(
                pipelines,
                ingest,
                deadLetters,
                aggregate,
                database,
                stripe.withCallsInFlight(report.concurrency()),
                report,
                reconcile,
                close);
    }

    private Set<Pipeline> pipelines(ConfigSection root) {
        if (!root.has("pipelines")) {
            return EnumSet.allOf(Pipeline.class);
        }
        Set<Pipeline> pipelines = EnumSet.noneOf(Pipeline.class);
        List<String> names = root.texts("pipelines");
        for (String name : names) {
            List<Pipeline> named = List.of(Pipeline.values()).stream()
                    .filter(pipeline -> pipeline.configName().equals(name))
                    .toList();
            if (named.isEmpty()) {
                problems.add("pipelines", name + " is none of metering, reporting");
            }
            pipelines.addAll(named);
        }
        if (names.isEmpty()) {
            problems.add("pipelines", "names nothing to run: leave it out, or list metering, reporting");
        }
        return pipelines;
    }

    private static IngestSettings ingest(ConfigSection kafka, ConfigSection metering, List<Meter> meters) {
        return new IngestSettings(
                kafka.requiredText("bootstrap-servers"),
                kafka.text("topic", "usage-events"),
                kafka.text("group-id", "tallymark"),
                kafka.flag("trust-create-time", false),
                KafkaClientProperties.read(kafka),
                metering.size(
                        "max-record-bytes",
                        IngestSettings.DEFAULT_MAX_RECORD_BYTES,
                        IngestSettings.SMALLEST_MAX_RECORD_BYTES,
                        IngestSettings.LARGEST_MAX_RECORD_BYTES),
                metering.choice("unknown-types", false, Map.of("ignore", false, "reject", true)),
                metering.duration(
                        "max-lateness",
                        IngestSettings.DEFAULT_MAX_LATENESS,
                        Duration.ofHours(1),
                        IngestSettings.LARGEST_MAX_LATENESS),
                metering.duration("close-delay", IngestSettings.DEFAULT_CLOSE_DELAY, Duration.ZERO, DAY),
                metering.duration("quiet-partition", IngestSettings.DEFAULT_QUIET_PARTITION, SHORTEST, DAY),
                meters);
    }

    private DeadLetterSettings deadLetters(ConfigSection kafka, IngestSettings ingest) {
        String topic = kafka.text("dead-letter-topic", "usage-dead-letters");
        requireTopicName(kafka.key("topic"), ingest.topic());
        requireTopicName(kafka.key("dead-letter-topic"), topic);
        if (topic.equals(ingest.topic())) {
            problems.add(
                    kafka.key("dead-letter-topic"),
                    topic + " is kafka.topic too: every letter would be read as an event");
        }
        return new DeadLetterSettings(ingest.bootstrapServers(), topic, ingest.kafkaProperties());
    }

    private void requireTopicName(String key, String topic) {
        if (!TOPIC_NAME.matcher(topic).matches()) {
            problems.add(key, topic + " is no topic name: 1 to 249 letters, digits, '_', '.' or '-'");
        }
    }

    private DatabaseAccess database(ConfigSection postgres) {
        String url = postgres.requiredText("url");
        if (url.contains("password=") || url.contains("@")) {
            // Without the value: what stands here must not be printed.
            problems.add(postgres.key("url"), "must not hold a password: use password-env or password-file");
            url = "";
        }
        if (!url.isEmpty() && !url.startsWith("jdbc:postgresql:")) {
            problems.add(postgres.key("url"), url + " must begin with jdbc:postgresql:");
        }
        DatabaseAccess database = new DatabaseAccess(
                url,
                postgres.requiredText("user"),
                postgres.secret("password", SecretRef.none(postgres.key("password"))));
        postgres.finish();
        return database;
    }

    private StripeSettings stripe(ConfigSection section) {
        SecretRef key = section.secret("api-key", SecretRef.environment(section.key("api-key"), "STRIPE_API_KEY"));
        StripeSettings defaults = StripeSettings.defaults(key)
                .withWebhookSecret(section.secret("webhook-secret", StripeSettings.DEFAULT_WEBHOOK_SECRET));
        URI base = uri(section, StripeSettings.DEFAULT_API_BASE);
        Duration deadline = section.duration(
                "call-deadline", StripeSettings.DEFAULT_CALL_DEADLINE, SHORTEST, Duration.ofMinutes(1));
        try {
            return defaults.withApiBase(base).withCallDeadline(deadline);
        } catch (IllegalArgumentException e) {
            problems.add(String.valueOf(e.getMessage()));
            return defaults;
        }
    }

    private ReportSettings report(
            ConfigSection stripe,
            ConfigSection reporting,
            DatabaseAccess database,
            List<Meter> meters,
            StripeSettings sender) {
        Map<String, CustomerMapping> mappings = new TreeMap<>();
        for (CustomerMapping mapping : CustomerMapping.values()) {
            mappings.put(mapping.configName(), mapping);
        }
        ReportSettings defaults = ReportSettings.withDefaults(
                database, meters, stripe.choice("customer-mapping", CustomerMapping.TABLE, mappings));
        int concurrency = stripe.integer("concurrency", defaults.concurrency(), 1, 1_000);
        int rate = stripe.has("max-requests-per-second")
                ? stripe.integer("max-requests-per-second", ReportSettings.SANDBOX_RATE, 1, 10_000)
                : ReportSettings.RATE_BY_KEY;
        Duration tick = reporting.duration("tick", defaults.tick(), Duration.ofMillis(10), Duration.ofSeconds(1));
        Duration lease = reporting.duration("lease", defaults.lease(), Duration.ofSeconds(1), Duration.ofHours(1));
        reporting.finish();
        try {
            return new ReportSettings(
                    database,
                    meters,
                    defaults.customerMapping(),
                    concurrency,
                    rate,
                    tick,
                    lease,
                    sender.callDeadline());
        } catch (UserError e) {
            problems.add(String.valueOf(e.getMessage()));
            return defaults;
        }
    }

    private static ReconcileSettings reconcile(ConfigSection section, DatabaseAccess database) {
        ReconcileSettings reconcile = new ReconcileSettings(
                database,
                section.flag("enabled", true),
                section.integer(
                        "sweep-calls-per-second",
                        ReconcileSettings.DEFAULT_SWEEP_CALLS_PER_SECOND,
                        1,
                        ReconcileSettings.LARGEST_SWEEP_CALLS_PER_SECOND),
                section.duration(
                        "summary-lag",
                        ReconcileSettings.DEFAULT_SUMMARY_LAG,
                        Duration.ZERO,
                        ReconcileSettings.LARGEST_WAIT),
                section.duration(
                        "check-after",
                        ReconcileSettings.DEFAULT_CHECK_AFTER,
                        Duration.ZERO,
                        ReconcileSettings.LARGEST_WAIT));
        section.finish();
        return reconcile;
    }

    private static CloseSettings close(ConfigSection section) {
        CloseSettings defaults = CloseSettings.DEFAULTS;
        CloseSettings close = new CloseSettings(
                section.choice("hold", defaults.hold(), names(Hold.values(), Hold::configName)),
                section.duration("deadline", defaults.deadline(), Duration.ZERO, CloseSettings.LONGEST_DEADLINE),
                section.choice(
                        "at-deadline", defaults.atDeadline(), names(AtDeadline.values(), AtDeadline::configName)),
                section.choice("late-after-close", defaults.late(), names(Late.values(), Late::configName)),
                section.choice("unsold-usage", defaults.unsold(), names(Unsold.values(), Unsold::configName)));
        section.finish();
        return close;
    }

    private static <T> Map<String, T> names(T[] values, Function<T, String> configName) {
        return Arrays.stream(values).collect(Collectors.toUnmodifiableMap(configName, Function.identity()));
    }

    private URI uri(ConfigSection section, URI fallback) {
        String text = section.text("api-base", fallback.toString());
        try {
            return URI.create(text);
        } catch (IllegalArgumentException e) {
            problems.add(section.key("api-base"), text + " is no URL");
            return fallback;
        }
    }
}
