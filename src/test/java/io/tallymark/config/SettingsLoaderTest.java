package io.tallymark.config;

import static io.tallymark.config.ConfigFile.KAFKA;
import static io.tallymark.config.ConfigFile.LEAST;
import static io.tallymark.config.ConfigFile.METERS;
import static io.tallymark.config.ConfigFile.POSTGRES;
import static io.tallymark.config.ConfigFile.load;
import static io.tallymark.config.ConfigFile.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.reconcile.ReconcileSettings;
import io.tallymark.report.CustomerMapping;
import io.tallymark.report.ReportSettings;
import io.tallymark.stripe.StripeSettings;
import io.tallymark.usage.Aggregation;
import io.tallymark.usage.Meter;
import io.tallymark.usage.ReportMode;
import io.tallymark.usage.SecretRef;
import io.tallymark.usage.UserError;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsLoaderTest {
    @TempDir
    private Path directory;

    @Test
    void committedFileLoads() {
        Settings settings = SettingsLoader.load(Path.of("flink-conf", "tallymark.yaml"));

        assertThat(settings.ingest().meters())
                .extracting(Meter::metric)
                .containsExactly("api_requests", "api_bytes", "llm_tokens", "llm_peak_context", "llm_last_price");
    }

    @Test
    void everythingElseHasADefault() {
        Settings settings = load(directory, LEAST);

        assertThat(settings.pipelines()).containsExactly(Pipeline.METERING, Pipeline.REPORTING);
        assertThat(settings.ingest().bootstrapServers()).isEqualTo("broker:9092");
        assertThat(settings.ingest().topic()).isEqualTo("usage-events");
        assertThat(settings.ingest().groupId()).isEqualTo("tallymark");
        assertThat(settings.ingest().trustCreateTime()).isFalse();
        assertThat(settings.ingest().kafkaProperties()).isEmpty();
        assertThat(settings.ingest().maxLateness()).isEqualTo(Duration.ofDays(7));
        assertThat(settings.ingest().maxRecordBytes()).isEqualTo(1 << 20);
        assertThat(settings.ingest().unknownTypesRejected()).isFalse();
        assertThat(settings.ingest().closeDelay()).isEqualTo(Duration.ofMinutes(2));
        assertThat(settings.ingest().quietPartition()).isEqualTo(Duration.ofSeconds(30));
        assertThat(settings.deadLetters().bootstrapServers()).isEqualTo("broker:9092");
        assertThat(settings.deadLetters().topic()).isEqualTo("usage-dead-letters");
        assertThat(settings.aggregate().maxLateness()).isEqualTo(Duration.ofDays(7));
        assertThat(settings.aggregate().earlyResults()).isEqualTo(Duration.ofSeconds(60));
        assertThat(settings.aggregate().aggregationByMetric()).isEqualTo(Map.of("requests", Aggregation.COUNT));
        assertThat(settings.database().password()).isEqualTo(SecretRef.none("postgres.password"));
        assertThat(settings.stripe())
                .isEqualTo(StripeSettings.defaults(SecretRef.environment("stripe.api-key", "STRIPE_API_KEY"))
                        .withCallsInFlight(ReportSettings.DEFAULT_CONCURRENCY));
        assertThat(settings.reconcile()).isEqualTo(ReconcileSettings.withDefaults(settings.database()));
        assertThat(settings.close()).isEqualTo(CloseSettings.DEFAULTS);
        assertThat(settings.report())
                .isEqualTo(ReportSettings.withDefaults(
                        settings.database(), settings.ingest().meters(), CustomerMapping.TABLE));
    }

    @Test
    void everyKeyIsMapped() {
        Settings settings = load(directory, """
                pipelines: [metering]
                kafka:
                  bootstrap-servers: other:9092
                  topic: events
                  dead-letter-topic: letters
                  group-id: group
                  trust-create-time: true
                  properties: {security.protocol: SASL_SSL}
                postgres: {url: 'jdbc:postgresql://other/db', user: me, password-file: /run/secrets/pg}
                metering:
                  max-lateness: 35d
                  close-delay: 0s
                  quiet-partition: 5s
                  early-results: 100ms
                  unknown-types: reject
                  max-record-bytes: 512KiB
                stripe:
                  api-base: http://127.0.0.1:12111
                  api-key-file: /run/secrets/stripe
                  webhook-secret-file: /run/secrets/stripe-webhook
                  call-deadline: 3s
                  customer-mapping: identity
                  concurrency: 7
                  max-requests-per-second: 9
                reporting: {tick: 1s, lease: 30s}
                reconcile: {enabled: false, sweep-calls-per-second: 9, summary-lag: 30m, check-after: 5m}
                close: {hold: respond, deadline: 3h, at-deadline: finalize, late-after-close: hold-for-review, unsold-usage: allow}
                meters:
                  - metric: tokens
                    event-type: llm.completion
                    aggregation: sum
                    value: data.tokens
                    dimensions: [data.model, subject]
                    where: {data.cached: false}
                    negative: allow
                    effective-from: 2026-03-01
                    stripe: {event-name: tokens, mode: delta}
                """);

        assertThat(settings.pipelines()).containsExactly(Pipeline.METERING);
        assertThat(settings.runs(Pipeline.REPORTING)).isFalse();
        assertThat(settings.ingest().bootstrapServers()).isEqualTo("other:9092");
        assertThat(settings.ingest().topic()).isEqualTo("events");
        assertThat(settings.ingest().groupId()).isEqualTo("group");
        assertThat(settings.ingest().trustCreateTime()).isTrue();
        assertThat(settings.ingest().kafkaProperties()).containsExactly(Map.entry("security.protocol", "SASL_SSL"));
        assertThat(settings.deadLetters().kafkaProperties())
                .isEqualTo(settings.ingest().kafkaProperties());
        assertThat(settings.deadLetters().topic()).isEqualTo("letters");
        assertThat(settings.ingest().maxLateness()).isEqualTo(Duration.ofDays(35));
        assertThat(settings.aggregate().maxLateness()).isEqualTo(Duration.ofDays(35));
        assertThat(settings.ingest().maxRecordBytes()).isEqualTo(512 * 1_024);
        assertThat(settings.ingest().unknownTypesRejected()).isTrue();
        assertThat(settings.ingest().closeDelay()).isEqualTo(Duration.ZERO);
        assertThat(settings.ingest().quietPartition()).isEqualTo(Duration.ofSeconds(5));
        assertThat(settings.aggregate().earlyResults()).isEqualTo(Duration.ofMillis(100));
        assertThat(settings.database().url()).isEqualTo("jdbc:postgresql://other/db");
        assertThat(settings.database().user()).isEqualTo("me");
        assertThat(settings.database().password())
                .isEqualTo(SecretRef.file("postgres.password", Path.of("/run/secrets/pg")));
        assertThat(settings.stripe())
                .isEqualTo(StripeSettings.defaults(SecretRef.file("stripe.api-key", Path.of("/run/secrets/stripe")))
                        .withWebhookSecret(
                                SecretRef.file("stripe.webhook-secret", Path.of("/run/secrets/stripe-webhook")))
                        .withApiBase(URI.create("http://127.0.0.1:12111"))
                        .withCallDeadline(Duration.ofSeconds(3))
                        .withCallsInFlight(7));
        assertThat(settings.close())
                .isEqualTo(new CloseSettings(
                        CloseSettings.Hold.RESPOND,
                        Duration.ofHours(3),
                        CloseSettings.AtDeadline.FINALIZE,
                        CloseSettings.Late.HOLD_FOR_REVIEW,
                        CloseSettings.Unsold.ALLOW));
        assertThat(settings.reconcile())
                .isEqualTo(new ReconcileSettings(
                        settings.database(), false, 9, Duration.ofMinutes(30), Duration.ofMinutes(5)));
        assertThat(settings.report())
                .isEqualTo(new ReportSettings(
                        settings.database(),
                        settings.ingest().meters(),
                        CustomerMapping.IDENTITY,
                        7,
                        9,
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(3)));
        assertThat(settings.ingest().meters())
                .containsExactly(new Meter(
                        "tokens",
                        "llm.completion",
                        Aggregation.SUM,
                        "data.tokens",
                        List.of("data.model", "subject"),
                        Map.of("data.cached", "false"),
                        true,
                        Instant.parse("2026-03-01T00:00:00Z").toEpochMilli(),
                        new Meter.StripeReport("tokens", ReportMode.DELTA)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "metering: {unknown-type: reject}      | metering.unknown-type: is an unknown key; did you mean unknown-types?",
                "metering: {max-record-size: 1MiB}     | metering.max-record-size: is an unknown key; did you mean max-record-bytes?",
                "meterz: []                            | meterz: is an unknown key; did you mean meters?",
                "metering: {max_lateness: 7d}          | metering.max_lateness: is an unknown key; did you mean max-lateness?",
                "metering: {early: 60s}                | metering.early: is an unknown key; did you mean early-results?",
                "stripe: {api-key: sk_live_1}          | stripe.api-key: is an unknown key; did you mean api-key-",
                "reporting: {qqqqqqqqqqqqqqqqqqqqqq: 1} | known keys: tick, lease"
            })
    void unknownKeyIsRefusedWithASuggestion(String yaml, String message) {
        assertThat(refusal(directory, LEAST + yaml + "\n")).contains(message);
    }

    @Test
    void secretInTheFileIsRefusedAndNotRepeated() {
        assertThat(refusal(directory, LEAST + "stripe: {api-key: sk_live_1}\n")).doesNotContain("sk_live_1");
        String url = "postgres: {url: 'jdbc:postgresql://db/t?password=hunter2', user: tally}\n";
        assertThat(refusal(directory, KAFKA + url + METERS))
                .contains("postgres.url: must not hold a password")
                .doesNotContain("hunter2");
        assertThat(refusal(directory, KAFKA + url.replace("db/t?password=hunter2", "u:hunter2@db/t") + METERS))
                .contains("postgres.url: must not hold a password")
                .doesNotContain("hunter2");
        assertThat(refusal(directory, LEAST + "stripe: {api-key-env: sk_live_1}\n"))
                .contains("stripe.api-key-env: is no name of an environment variable")
                .doesNotContain("sk_live_1");
    }

    @Test
    void allProblemsAreNamedAtOnce() {
        assertThat(refusal(directory, """
                        kafka: {topic: [a]}
                        metering: {max-lateness: 36d, early-results: fast}
                        stripe: {concurrency: 0, api-base: 'not a url', customer-mapping: guess}
                        pipelines: [metring]
                        """))
                .contains(
                        "has 11 problems",
                        "kafka.bootstrap-servers: is missing",
                        "kafka.topic: must be a single value",
                        "postgres.url: is missing",
                        "postgres.user: is missing",
                        "meters: is empty",
                        "metering.max-lateness: 36d is no duration from 1h to 35d",
                        "metering.early-results: fast is no duration",
                        "stripe.concurrency: 0 is no whole number from 1 to 1000",
                        "stripe.api-base: not a url is no URL",
                        "stripe.customer-mapping: guess is none of identity, table",
                        "pipelines: metring is none of metering, reporting");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "unknown-types: drop       | metering.unknown-types: drop is none of ignore, reject",
                "max-record-bytes: 1       | metering.max-record-bytes: 1 is no size from 1KiB to 16MiB (write 512KiB or 1MiB)",
                "max-record-bytes: 1023B   | metering.max-record-bytes: 1023B is no size from 1KiB to 16MiB",
                "max-record-bytes: 17MiB   | metering.max-record-bytes: 17MiB is no size from 1KiB to 16MiB",
                "max-record-bytes: 999999999MiB | metering.max-record-bytes: 999999999MiB is no size"
            })
    void impossibleBoundIsRefused(String metering, String message) {
        assertThat(refusal(directory, LEAST + "metering: {" + metering + "}\n")).contains(message);
    }

    @Test
    void duplicateKeyIsRefusedWithItsLine() {
        assertThat(refusal(directory, LEAST + KAFKA))
                .contains("is no YAML (line 4)")
                .contains("kafka");
    }

    @ParameterizedTest
    @ValueSource(strings = {"kafka: [", "\tkafka: 1", "kafka: {bootstrap-servers: 'x}"})
    void whatIsNoYamlIsRefusedInOneLine(String yaml) {
        assertThat(refusal(directory, yaml)).contains("is no YAML (line ").hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "just text", "[a, b]", "# a comment\n"})
    void whatIsNoMappingIsRefused(String yaml) {
        assertThat(refusal(directory, yaml)).contains("kafka.bootstrap-servers: is missing");
    }

    @Test
    void missingAndUnreadableFilesAreRefused() throws Exception {
        assertThatThrownBy(() -> SettingsLoader.load(directory.resolve("none.yaml")))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("there is no file");
        assertThatThrownBy(() -> SettingsLoader.load(directory))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("cannot read");
        Path latin = Files.write(directory.resolve("latin.yaml"), "kafka: é".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> SettingsLoader.load(latin)).isInstanceOf(UserError.class);
    }

    @Test
    void valuesAreFilledInFromTheEnvironment() {
        String kafka =
                "kafka: {bootstrap-servers: '${TALLYMARK_UNSET:-a:1},${TALLYMARK_UNSET:-b:2}', group-id: '${PATH}'}\n";

        assertThat(load(directory, kafka + POSTGRES + METERS).ingest().bootstrapServers())
                .isEqualTo("a:1,b:2");
        assertThat(load(directory, kafka + POSTGRES + METERS).ingest().groupId())
                .isEqualTo(System.getenv("PATH"));
    }

    @Test
    void unsetVariableWithoutADefaultIsRefused() {
        assertThat(refusal(directory, POSTGRES + METERS + "kafka: {bootstrap-servers: '${TALLYMARK_UNSET}'}\n"))
                .contains("kafka.bootstrap-servers: the environment variable TALLYMARK_UNSET is not set");
    }

    @Test
    void deadLettersNeedATopicOfTheirOwn() {
        String kafka = "kafka: {bootstrap-servers: b, topic: t, dead-letter-topic: t}\n";

        assertThat(refusal(directory, kafka + LEAST.substring(KAFKA.length())))
                .contains("kafka.dead-letter-topic: t is kafka.topic too");
    }

    @Test
    void impossibleTopicNameIsRefused() {
        String kafka = "kafka: {bootstrap-servers: b, topic: 'bad topic'}\n";

        assertThat(refusal(directory, kafka + LEAST.substring(KAFKA.length())))
                .contains("kafka.topic: bad topic is no topic name");
    }

    @Test
    void secretIsNamedInOneWayOnly() {
        String postgres = "postgres: {url: 'jdbc:postgresql://d/t', user: u, password-env: A, password-file: b}\n";

        assertThat(refusal(directory, KAFKA + postgres + METERS))
                .contains("postgres.password-env: and password-file are both set");
    }

    @Test
    void conditionsAreTheTextThatEventsHave() {
        Settings settings = SettingsLoader.fromText("tallymark.yaml", """
                kafka: {bootstrap-servers: "127.0.0.1:1", trust-create-time: True}
                postgres: {url: "jdbc:postgresql://127.0.0.1/x", user: x}
                meters:
                  - metric: m
                    event-type: t
                    aggregation: count
                    where: {data.cached: False, data.size: 1.50, data.code: 010}
                """);

        assertThat(settings.ingest().trustCreateTime()).isTrue();
        assertThat(settings.ingest().meters().get(0).where())
                .isEqualTo(Map.of("data.cached", "false", "data.size", "1.50", "data.code", "010"));
    }
}
