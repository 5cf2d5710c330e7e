package io.tallymark.monitoring;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a PromQL expression asks of Flink's metrics, as far as a regular expression sees it.
 *
 * @param selectors metric names with their matchers
 * @param labels by which it groups or joins, without those that Prometheus adds itself
 */
record Expression(List<Selector> selectors, List<String> labels) {
    private static final Pattern SELECTOR = Pattern.compile("\\b(flink_\\w+)(?:\\{([^}]*)})?");
    private static final Pattern MATCHER = Pattern.compile("(\\w+)(=~|!=|!~|=)\"([^\"]*)\"");
    private static final Pattern GROUPING = Pattern.compile("\\b(?:by|on) \\(([^)]*)\\)");
    private static final Set<String> ADDED_BY_PROMETHEUS = Set.of("instance", "job");

    record Condition(String label, String operator, String value) {
        boolean holds(Scrape.Sample sample) {
            String actual = sample.labels().getOrDefault(label, "");
            return switch (operator) {
                case "=" -> actual.equals(value);
                case "!=" -> !actual.equals(value);
                case "=~" -> actual.matches(value);
                default -> !actual.matches(value);
            };
        }
    }

    record Selector(String metric, List<Condition> conditions) {
        List<Scrape.Sample> in(Scrape scrape) {
            return scrape.named(metric).stream()
                    .filter(sample -> conditions.stream().allMatch(condition -> condition.holds(sample)))
                    .toList();
        }
    }

    static Expression parse(String text) {
        List<Selector> selectors = new ArrayList<>();
        Matcher found = SELECTOR.matcher(text);
        while (found.find()) {
            List<Condition> conditions = new ArrayList<>();
            if (found.group(2) != null) {
                MATCHER.matcher(found.group(2))
                        .results()
                        .forEach(condition -> conditions.add(
                                new Condition(condition.group(1), condition.group(2), condition.group(3))));
            }
            selectors.add(new Selector(found.group(1), conditions));
        }
        List<String> labels = GROUPING.matcher(text)
                .results()
                .flatMap(grouping -> Pattern.compile(", *").splitAsStream(grouping.group(1)))
                .filter(label -> !ADDED_BY_PROMETHEUS.contains(label))
                .distinct()
                .toList();
        return new Expression(selectors, labels);
    }

    /** What the scrape lacks; empty when each selector finds samples with all labels. */
    List<String> missingIn(Scrape scrape) {
        List<String> missing = new ArrayList<>();
        for (Selector selector : selectors) {
            List<Scrape.Sample> samples = selector.in(scrape);
            if (samples.isEmpty()) {
                missing.add(selector + " finds nothing");
            }
            labels.stream()
                    .filter(label ->
                            samples.stream().anyMatch(sample -> !sample.labels().containsKey(label)))
                    .forEach(label -> missing.add(selector + " has no label " + label));
        }
        return missing;
    }
}
