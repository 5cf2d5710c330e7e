package io.tallymark.config;

import io.tallymark.usage.Aggregation;
import io.tallymark.usage.Meter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Reads the list of meters and refuses what would count or bill wrong. */
final class MeterConfig {
    private static final Pattern METRIC = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,99}");
    private static final Pattern PATH = Pattern.compile("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*");

    private final Problems problems;
    private final Set<String> metrics = new HashSet<>();
    private final MeterReportConfig reports;

    MeterConfig(Problems problems) {
        this.problems = problems;
        this.reports = new MeterReportConfig(problems);
    }

    List<Meter> read(ConfigSection root) {
        List<Meter> meters = new ArrayList<>();
        List<ConfigSection> sections = root.sections("meters");
        for (ConfigSection section : sections) {
            Meter meter = meter(section);
            if (metrics.add(meter.metric())) {
                meters.add(meter);
            } else {
                problems.add(section.key("metric"), meter.metric() + " is the name of another meter too");
            }
        }
        if (sections.isEmpty()) {
            problems.add("meters", "is empty: name at least one meter");
        }
        return meters;
    }

    private Meter meter(ConfigSection section) {
        String metric = metric(section);
        String eventType = section.requiredText("event-type");
        Aggregation aggregation = aggregation(section);
        String valuePath = valuePath(section, aggregation);
        List<String> dimensions = dimensions(section);
        Map<String, String> where = section.textMap("where");
        where.keySet().forEach(path -> checkPath(section.key("where"), path));
        boolean negativeAllowed = negativeAllowed(section, aggregation);
        long effectiveFromMillis = section.instantMillis("effective-from", Meter.ALWAYS);
        Optional<Meter.StripeReport> stripe = reports.read(section, aggregation, dimensions);
        section.finish();
        return new Meter(
                metric,
                eventType,
                aggregation,
                valuePath,
                dimensions,
                where,
                negativeAllowed,
                effectiveFromMillis,
                stripe.orElse(null));
    }

    private String metric(ConfigSection section) {
        String metric = section.requiredText("metric");
        if (!metric.isEmpty() && !METRIC.matcher(metric).matches()) {
            problems.add(section.key("metric"), metric + " must be 1 to 100 letters, digits, '_', '.' or '-'");
        }
        return metric;
    }

    private static Aggregation aggregation(ConfigSection section) {
        Map<String, Aggregation> choices = new TreeMap<>();
        for (Aggregation aggregation : Aggregation.values()) {
            choices.put(aggregation.name().toLowerCase(Locale.ROOT), aggregation);
        }
        section.requiredText("aggregation");
        return section.choice("aggregation", Aggregation.SUM, choices);
    }

    private String valuePath(ConfigSection section, Aggregation aggregation) {
        if (aggregation != Aggregation.COUNT) {
            String path = section.requiredText("value");
            checkPath(section.key("value"), path);
            return path;
        }
        if (section.has("value")) {
            problems.add(section.key("value"), "has no meaning for a meter that counts: remove it, or use sum");
        }
        return "";
    }

    private boolean negativeAllowed(ConfigSection section, Aggregation aggregation) {
        if (aggregation == Aggregation.COUNT && section.has("negative")) {
            problems.add(section.key("negative"), "has no meaning for a meter that counts: remove it");
        }
        return section.choice("negative", false, Map.of("reject", false, "allow", true));
    }

    private List<String> dimensions(ConfigSection section) {
        List<String> paths = section.texts("dimensions");
        Set<String> names = new HashSet<>();
        for (String path : paths) {
            checkPath(section.key("dimensions"), path);
            if (!names.add(path.substring(path.lastIndexOf('.') + 1))) {
                problems.add(section.key("dimensions"), "two paths end in the same name as " + path);
            }
        }
        return paths;
    }

    private void checkPath(String key, String path) {
        if (!path.isEmpty() && !PATH.matcher(path).matches()) {
            problems.add(key, path + " is no path such as data.tokens or subject");
        }
    }
}
