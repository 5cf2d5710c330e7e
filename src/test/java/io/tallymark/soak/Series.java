package io.tallymark.soak;

import java.util.List;

/** What is read again and again, and why its bound is what it is. */
record Series(String name, String unit, Rule rule) {
    /** The live set only: a collection is asked for before each reading, so what is left is held by somebody. */
    static final Series TASK_HEAP = new Series("TaskManagers' heap after a full collection", "MiB", flat(10, 4));

    /** The heap's own garbage and the allocator's fragments are in it, so it moves in steps of some MiB. */
    static final Series TASK_MEMORY = new Series("TaskManagers' resident memory", "MiB", flat(10, 40));

    static final Series JOB_HEAP = new Series("JobManager's heap after a full collection", "MiB", flat(10, 4));
    static final Series JOB_MEMORY = new Series("JobManager's resident memory", "MiB", flat(10, 30));

    /** RocksDB's files are larger until they are compacted: a saw with teeth of some MiB. */
    static final Series STATE = new Series("checkpoint size, all of it", "MiB", flat(10, 4));

    /** Other work on the machine makes one take several times as long as another: the median of a minute moves by tenths of seconds. */
    static final Series CHECKPOINT = new Series("checkpoint duration", "ms", flat(30, 200));

    /** Ids go by whole simulated hours; of those there are some fifty, so one more or less is two percent. */
    static final Series IDS = new Series("ids remembered", "", flat(5, 30_000));

    static final Series OPEN_HOURS = new Series("hours open", "", flat(10, 2));

    /** What came since the last checkpoint that reached the database: from nothing to what comes between two of them. */
    static final Series UNREAD = new Series("events not yet accounted for", "", flat(30, 20_000));

    /** An hour that closes makes sixty of them due at once, which are told within a second or two. */
    static final Series UNTOLD = new Series("reports not yet accepted", "", flat(50, 100));

    /** Steady is what is sent; the far end must keep up. */
    static final Series RATE = new Series("events per second", "", new Rule.Steady(5, 100));

    static final Series RESTARTS = new Series("restarts of the job", "", new Rule.Never());
    static final Series FAILED = new Series("failed checkpoints", "", new Rule.Never());

    /** In the order in which they are shown. */
    static final List<Series> ALL = List.of(
            RATE,
            UNREAD,
            UNTOLD,
            TASK_HEAP,
            TASK_MEMORY,
            JOB_HEAP,
            JOB_MEMORY,
            STATE,
            CHECKPOINT,
            IDS,
            OPEN_HOURS,
            RESTARTS,
            FAILED);

    /** Each hour that is billed leaves its rows for ever; some hours leave a few more than others. */
    static Series rows(String table) {
        return new Series(table + ", rows", "", new Rule.Grows(1.25, 2_000));
    }

    /** Indexes and dead rows are in it: a table that vacuum does not keep up with shows here. */
    static Series bytesPerRow(String table) {
        return new Series(table + ", bytes per row", "B", flat(10, 20));
    }

    private static Rule flat(double percentPerHour, double noise) {
        return new Rule.Flat(percentPerHour, noise);
    }
}
