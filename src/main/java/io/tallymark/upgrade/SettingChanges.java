package io.tallymark.upgrade;

import io.tallymark.config.DurationText;
import io.tallymark.config.MeteringConfiguration;
import io.tallymark.config.SizeText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What settings beside the meters do to a job that is resumed. Nothing is said of one that the running job did not tell. */
final class SettingChanges {
    /** All that reporting has in Flink is in the database too: a claim whose holder is gone is claimed again when its lease ends. */
    private static final String WITH_N =
            "Flink refuses a savepoint of operators that the job has not; start this once with -n (flink run -n -s …, run_job RELEASE"
                    + " STATE -n), which drops their state; ";

    private final Map<String, String> old;
    private final Map<String, String> now;
    private final List<Change> changes = new ArrayList<>();

    private SettingChanges(Map<String, String> old, Map<String, String> now) {
        this.old = old;
        this.now = now;
    }

    static List<Change> between(Map<String, String> old, Map<String, String> now) {
        SettingChanges changes = new SettingChanges(old, now);
        changes.addUntold();
        changes.addPipelines();
        changes.addReconcile();
        changes.addCloseDelay();
        changes.addQuietPartition();
        changes.addUnknownTypes();
        changes.addMaxRecordBytes();
        return changes.changes;
    }

    private void addUntold() {
        Set<String> untold = new TreeSet<>(now.keySet());
        untold.removeAll(old.keySet());
        if (!untold.isEmpty()) {
            changes.add(Change.noted(
                    "not compared: " + String.join(", ", untold),
                    "the running job is of an older version, which does not tell them; see docs/operations.md"));
        }
    }

    private void addPipelines() {
        String key = MeteringConfiguration.PIPELINES;
        if (!differs(key)) {
            return;
        }
        if (!runs(now, "metering")) {
            changes.add(Change.refused(
                    what(key),
                    "Flink refuses the state of a job that meters for one that does not, and -n would throw away its offsets, ids and"
                            + " open hours; leave metering in this job, and start reporting beside it as a job of its own,"
                            + " without a savepoint: it keeps no state in Flink"));
        } else if (runs(now, "reporting")) {
            changes.add(Change.noted(
                    what(key),
                    "reporting starts with this job; end a reporting job of its own before, if there is one"));
        } else {
            changes.add(Change.refused(
                    what(key),
                    WITH_N
                            + "reporting loses nothing by it, its truth is in the database; reports wait until a job with pipelines:"
                            + " [reporting] is started, without a savepoint"));
        }
    }

    /** Where reporting itself goes or comes, so does this. */
    private void addReconcile() {
        String key = MeteringConfiguration.RECONCILE;
        if (!differs(key) || !runs(old, "reporting") || !runs(now, "reporting")) {
            return;
        }
        changes.add(
                isOn(key)
                        ? Change.noted(what(key), "what Stripe holds is compared from then on")
                        : Change.refused(
                                what(key),
                                WITH_N + "reconciling loses nothing by it; what Stripe holds is compared by ./tallymark"
                                        + " reconcile alone"));
    }

    private void addCloseDelay() {
        String key = MeteringConfiguration.CLOSE_DELAY;
        if (differs(key)) {
            boolean later = duration(now, key).compareTo(duration(old, key)) > 0;
            changes.add(Change.noted(
                    what(key),
                    later
                            ? "hours close, and are reported, later"
                            : "hours close, and are reported, sooner; what comes after that revises them"));
        }
    }

    private void addQuietPartition() {
        String key = MeteringConfiguration.QUIET_PARTITION;
        if (differs(key)) {
            boolean longer = duration(now, key).compareTo(duration(old, key)) > 0;
            changes.add(Change.noted(
                    what(key),
                    "a partition without events holds open hours up for " + (longer ? "longer" : "less long")));
        }
    }

    private void addUnknownTypes() {
        String key = MeteringConfiguration.UNKNOWN_TYPES;
        if (differs(key)) {
            changes.add(Change.noted(
                    what(key),
                    text(now, key).equals("reject")
                            ? "events that no meter listens to are dead letters UNKNOWN_TYPE from then on"
                            : "events that no meter listens to are ignored from then on; letters of before stay"));
        }
    }

    private void addMaxRecordBytes() {
        String key = MeteringConfiguration.MAX_RECORD_BYTES;
        if (differs(key)) {
            changes.add(Change.noted(
                    what(key),
                    bytes(now, key) < bytes(old, key)
                            ? "larger events are dead letters TOO_LARGE from then on, and not counted, valid ones too"
                            : "events up to it are read from then on; letters of before stay"));
        }
    }

    private boolean differs(String key) {
        return old.containsKey(key) && !text(old, key).equals(text(now, key));
    }

    private String what(String key) {
        return key.substring(key.startsWith("metering.") ? "metering.".length() : 0) + " " + text(old, key) + " -> "
                + text(now, key);
    }

    private boolean isOn(String key) {
        return text(now, key).equals("true");
    }

    private static boolean runs(Map<String, String> settings, String pipeline) {
        return settings.getOrDefault(MeteringConfiguration.PIPELINES, "").contains(pipeline);
    }

    private static Duration duration(Map<String, String> settings, String key) {
        return DurationText.parse(text(settings, key)).orElseThrow(() -> unreadable(key));
    }

    private static long bytes(Map<String, String> settings, String key) {
        return SizeText.parse(text(settings, key)).orElseThrow(() -> unreadable(key));
    }

    private static String text(Map<String, String> settings, String key) {
        return settings.getOrDefault(key, "");
    }

    private static IllegalArgumentException unreadable(String key) {
        return new IllegalArgumentException("the configuration of a job has an unreadable " + key);
    }
}
