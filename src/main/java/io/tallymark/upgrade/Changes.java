package io.tallymark.upgrade;

import io.tallymark.config.DurationText;
import io.tallymark.config.MeteringConfiguration;
import io.tallymark.config.MeteringConfiguration.Rule;
import io.tallymark.usage.Meter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a new configuration does to a job that is resumed on the state of the old one. The same rules as docs/operations.md; a test holds
 * them against what a real job does.
 */
final class Changes {
    private static final String COUNTED_BEFORE =
            "repeats of events that were counted before are CONFLICT instead of DUPLICATE, and voids of them dead letters"
                    + " VOID_MISMATCH";

    private static final String NOT_TOLD =
            "Stripe is told none of it any more, and what it was not told yet waits until stripe is there again (status and the"
                    + " alert TallymarkUndecided say so)";

    private final MeteringConfiguration old;
    private final MeteringConfiguration now;
    private final List<Change> changes = new ArrayList<>();

    private Changes(MeteringConfiguration old, MeteringConfiguration now) {
        this.old = old;
        this.now = now;
    }

    static List<Change> between(MeteringConfiguration old, MeteringConfiguration now) {
        Changes changes = new Changes(old, now);
        changes.changes.addAll(SettingChanges.between(old.settings(), now.settings()));
        changes.addLateness();
        old.meters().forEach(changes::addOldMeter);
        now.meters().forEach(changes::addNewMeter);
        return changes.changes;
    }

    private void addLateness() {
        int longer = duration(now.maxLateness()).compareTo(duration(old.maxLateness()));
        String what = "max-lateness " + old.maxLateness() + " -> " + now.maxLateness();
        if (longer > 0) {
            changes.add(Change.refused(
                    what,
                    "ids older than " + old.maxLateness()
                            + " are not in the state, so repeats of such events would be counted again; start without state,"
                            + " or leave it"));
        } else if (longer < 0) {
            changes.add(
                    Change.noted(
                            what,
                            "events that are older are dead letters TOO_LATE; it cannot be lengthened again on the state that follows"));
        }
    }

    private void addOldMeter(String metric, Rule before) {
        Rule after = now.meters().get(metric);
        if (after == null) {
            changes.add(Change.noted(
                    "meter " + metric + " is gone",
                    "its open hours close with what was counted, and its rows stay; "
                            + (isTrue(before.reported()) ? NOT_TOLD + "; " : "") + COUNTED_BEFORE));
        } else if (!after.aggregation().equals(before.aggregation())) {
            changes.add(Change.refused(
                    "meter " + metric + ": aggregation " + before.aggregation() + " -> " + after.aggregation(),
                    "totals of both rules would be mixed; give the changed meter another metric name"));
        } else {
            addDifferences(metric, before, after);
            addReported(metric, before, after);
        }
    }

    private void addReported(String metric, Rule before, Rule after) {
        if (before.reported() == null || before.reported().equals(after.reported())) {
            return;
        }
        changes.add(
                before.reported()
                        ? Change.noted("meter " + metric + ": stripe is gone", "hours are counted; " + NOT_TOLD)
                        : Change.noted(
                                "meter " + metric + ": stripe is new",
                                "its closed hours of the last 35 days are told to Stripe too, once reporting runs with it"));
    }

    private static boolean isTrue(@Nullable Boolean flag) {
        return flag != null && flag;
    }

    private void addDifferences(String metric, Rule before, Rule after) {
        List<String> differences = new ArrayList<>();
        Map<String, Function<Rule, Object>> fields = Map.of(
                "event-type", Rule::eventType,
                "value", Rule::value,
                "dimensions", Rule::dimensions,
                "where", Rule::where,
                "negative", rule -> rule.negativeAllowed() ? "allow" : "reject",
                "effective-from", rule -> instant(rule.effectiveFromMillis()));
        fields.forEach((name, field) -> {
            Object was = field.apply(before);
            Object is = field.apply(after);
            if (!Objects.equals(was, is)) {
                differences.add(name + " " + was + " -> " + is);
            }
        });
        if (!differences.isEmpty()) {
            differences.sort(null);
            changes.add(Change.noted(
                    "meter " + metric + ": " + String.join(", ", differences),
                    "holds for events that are read from then on, also within a running hour; " + COUNTED_BEFORE));
        }
    }

    private void addNewMeter(String metric, Rule rule) {
        if (old.meters().containsKey(metric)) {
            return;
        }
        boolean heard = old.meters().values().stream()
                .anyMatch(other -> other.eventType().equals(rule.eventType()));
        changes.add(Change.noted(
                "meter " + metric + " is new",
                "counts events that are read from then on; ./tallymark replay counts the hours before; if a meter of that name was"
                        + " removed that had another aggregation, the job ends and says so"
                        + (heard ? "; " + COUNTED_BEFORE : "")));
    }

    private static String instant(long millis) {
        return millis == Meter.ALWAYS ? "always" : Instant.ofEpochMilli(millis).toString();
    }

    private static Duration duration(String text) {
        return DurationText.parse(text)
                .orElseThrow(() -> new IllegalArgumentException("no duration in the configuration of a job: " + text));
    }
}
