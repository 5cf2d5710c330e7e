package io.tallymark.monitoring;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a PromQL expression asks of Flink's metrics, as far as a regular expression sees it.
 *
 * @param selectors metric names with their matchers, and the labels by which it groups or joins them, without those that Prometheus adds
 *     itself
 */
record Expression(List<Selector> selectors) {
    private static final Pattern SELECTOR = Pattern.compile("\\b(flink_\\w+)(?:\\{([^}]*)})?");
    private static final Pattern MATCHER = Pattern.compile("(\\w+)(=~|!=|!~|=)\"([^\"]*)\"");
    private static final Pattern GROUPING = Pattern.compile("\\b(?:by|on) \\(([^)]*)\\)");
    /** Before a selector whose samples only take others away: they need no label but those of the join. */
    private static final Pattern TAKING_AWAY = Pattern.compile("\\bunless on \\(([^)]*)\\) *$");

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

    /**
     * One metric with its matchers.
     *
     * @param labels that its samples must have
     */
    record Selector(String metric, List<Condition> conditions, List<String> labels) {
        List<Scrape.Sample> in(Scrape scrape) {
            return scrape.named(metric).stream()
                    .filter(sample -> conditions.stream().allMatch(condition -> condition.holds(sample)))
                    .toList();
        }
    }

    static Expression parse(String text) {
        List<Selector> selectors = new ArrayList<>();
        List<String> grouping = labels(GROUPING.matcher(text));
        Matcher found = SELECTOR.matcher(text);
        while (found.find()) {
            List<Condition> conditions = new ArrayList<>();
            if (found.group(2) != null) {
                MATCHER.matcher(found.group(2))
                        .results()
                        .forEach(condition -> conditions.add(
                                new Condition(condition.group(1), condition.group(2), condition.group(3))));
            }
            Matcher join = TAKING_AWAY.matcher(text.substring(0, found.start()));
            selectors.add(new Selector(found.group(1), conditions, join.find() ? labels(join.reset()) : grouping));
        }
        return new Expression(selectors);
    }

    private static List<String> labels(Matcher grouping) {
        return grouping.results()
                .flatMap(found -> Pattern.compile(", *").splitAsStream(found.group(1)))
                .filter(label -> !ADDED_BY_PROMETHEUS.contains(label))
                .distinct()
                .toList();
    }

    /** What the scrape lacks; empty when each selector finds samples with all labels. */
    List<String> missingIn(Scrape scrape) {
        List<String> missing = new ArrayList<>();
        for (Selector selector : selectors) {
            List<Scrape.Sample> samples = selector.in(scrape);
            if (samples.isEmpty()) {
                missing.add(selector + " finds nothing");
            }
            selector.labels().stream()
                    .filter(label ->
                            samples.stream().anyMatch(sample -> !sample.labels().containsKey(label)))
                    .forEach(label -> missing.add(selector + " has no label " + label));
        }
        return missing;
    }
}
