package io.tallymark.audit;

import io.tallymark.audit.ReplayDatabase.Progress;
import io.tallymark.config.Settings;
import io.tallymark.ingest.BoundedUsageEvents.Span;
import io.tallymark.ingest.IngestSettings;
import io.tallymark.ingest.TopicCheck;
import io.tallymark.ingest.TopicOffsets;
import io.tallymark.table.IntakeHistory;
import io.tallymark.topology.ReplayPipeline;
import io.tallymark.topology.ReplayScope;
import io.tallymark.usage.Meter;
import io.tallymark.usage.TopicScan;
import io.tallymark.usage.TopicScan.Range;
import io.tallymark.usage.UserError;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads a part of the topic again and proves that the table holds what it gives, total by total and digest by digest. Changes nothing
 * unless told to. Its own rows in the side table are gone after {@link #close}, however it ended.
 */
public final class Replay implements AutoCloseable {
    /** Room for the sink's batches and for the database. */
    private static final Duration WRITE_DELAY = Duration.ofSeconds(15);
    /** When the offsets of the last checkpoint are all there is, rows written about then may hold more. */
    private static final Duration CHECKPOINT_ROOM = Duration.ofMinutes(1);

    private static final Duration LOOK = Duration.ofSeconds(3);

    private final Settings settings;
    private final Request request;
    private final Path directory;
    private final PrintStream out;
    private final ReplayDatabase database;
    private final CountDownLatch closing = new CountDownLatch(1);
    /** Both are seen by the thread that ends the process. */
    private volatile @Nullable ReplayJob job;

    private volatile long replayId;

    /**
     * What is asked for.
     *
     * @param customerId only this customer; null for all
     * @param metric only this metric; null for all
     * @param apply whether differences are corrected in the table
     */
    public record Request(
            ReplayHours hours,
            @Nullable String customerId,
            @Nullable String metric,
            boolean apply) {}

    /**
     * @param directory for the job's state; the caller removes it
     * @param out takes progress, differences and the result
     */
    public Replay(Settings settings, Request request, Path directory, PrintStream out) {
        this.settings = settings;
        this.request = request;
        this.directory = directory;
        this.out = out;
        this.database = new ReplayDatabase(settings.database());
    }

    /**
     * Runs to the end.
     *
     * @return whether table and topic agree now
     * @throws UserError when there is nothing to compare with, or a right is missing
     */
    public boolean run() throws Exception {
        ReplayScope scope = scope();
        requireSurroundings();
        replayId = database.begin();
        try (TopicOffsets topic = TopicOffsets.open(settings.ingest())) {
            ReplayEnd end = new ReplayEndFinder(
                            database, topic, settings.ingest().topic(), this::holdsRecords, closing, this::say)
                    .find();
            requireComplete(end);
            Map<Integer, Long> begins = topic.begins();
            ReplayScope judged = new JudgedHours(settings.ingest(), history(), this::say).of(scope, topic, begins);
            Map<Integer, Span> spans = ReplaySpans.of(
                    begins,
                    topic.from(ReplaySpans.readFrom(judged, settings.ingest().maxLateness())),
                    end.offsets());
            replay(judged, spans);
            return verdict(judged, end);
        }
    }

    @Override
    public void close() throws SQLException {
        closing.countDown();
        try {
            ReplayJob running = job;
            if (running != null) {
                running.close();
            }
        } finally {
            if (replayId != 0) {
                database.removeRows(replayId);
            }
        }
    }

    private ReplayScope scope() {
        String metric = request.metric();
        if (metric != null && !metrics().contains(metric)) {
            throw new UserError(
                    "--metric " + metric + ": no meter has this name", "name one of " + String.join(", ", metrics()));
        }
        ReplayHours hours = request.hours();
        return new ReplayScope(hours.first().epochHour(), hours.end().epochHour(), request.customerId(), metric);
    }

    private void requireSurroundings() throws SQLException {
        List<UserError> problems =
                new TopicCheck(settings.ingest(), settings.deadLetters().topic()).problems();
        if (!problems.isEmpty()) {
            throw problems.get(0);
        }
        database.requireRights(
                request.apply(),
                request.apply() && ToldBefore.isNeeded(settings.ingest().meters()));
    }

    /** What metering has not read is not in the table either: to write that into it would take away what was counted. */
    private void requireComplete(ReplayEnd end) {
        if (request.apply() && !end.complete()) {
            throw new UserError(
                    "--apply: metering has not read everything that is in "
                            + settings.ingest().topic(),
                    "run the job until `tallymark status` shows no lag, then replay again; without --apply nothing is"
                            + " changed");
        }
    }

    private IntakeHistory history() {
        IngestSettings ingest = settings.ingest();
        return new IntakeHistory(settings.database(), ingest.topic(), !ingest.trustCreateTime());
    }

    private boolean holdsRecords(Map<Integer, Range> ranges) {
        AtomicBoolean found = new AtomicBoolean();
        IngestSettings ingest = settings.ingest();
        try (TopicScan scan = TopicScan.open(ingest.bootstrapServers(), ingest.topic(), ingest.kafkaProperties())) {
            scan.read(ranges, record -> {
                found.set(true);
                return false;
            });
        }
        return found.get();
    }

    private void replay(ReplayScope scope, Map<Integer, Span> spans) throws Exception {
        if (spans.isEmpty()) {
            say("the topic holds no records for these hours");
            return;
        }
        long toRead = spans.values().stream()
                .mapToLong(span -> span.end() - span.first())
                .sum();
        say("reading " + toRead + " offsets of " + spans.size() + " partitions");
        ReplayJob started =
                ReplayJob.start(ReplayPipeline.of(settings, spans, scope, replayId), directory.resolve("flink"));
        job = started;
        long records = started.await(read -> say(read + " of " + toRead + " read"));
        say("read " + records + " records");
    }

    private boolean verdict(ReplayScope scope, ReplayEnd end) throws Exception {
        try (Connection connection = database.connect()) {
            ReplayFindings findings = settled(connection, scope, end);
            if (request.apply() && findings.differences() > 0) {
                return repaired(connection, scope, end);
            }
            return report(connection, scope, end, findings);
        }
    }

    /** Rows may be written a while after their events were read, so what differs is looked at again until that time is over. */
    private ReplayFindings settled(Connection connection, ReplayScope scope, ReplayEnd end) throws Exception {
        Instant settledAt =
                end.reachedAt().plus(settings.aggregate().earlyResults()).plus(WRITE_DELAY);
        boolean told = false;
        while (true) {
            Progress progress = database.progress(settings.ingest().topic());
            ReplayFindings findings = new ReplayFindings();
            comparison(scope, end, progress).differences(connection, findings);
            if (findings.differences() == 0
                    || !progress.alive()
                    || progress.now().isAfter(settledAt)) {
                return findings;
            }
            if (!told) {
                say(findings.differences() + " rows differ; looking again until " + settledAt
                        + ", when metering must have written what it has read");
                told = true;
            }
            if (closing.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("shutting down");
            }
        }
    }

    private boolean repaired(Connection connection, ReplayScope scope, ReplayEnd end) throws SQLException {
        ReplayFindings before = new ReplayFindings();
        long applied;
        long leftOut;
        try (ReplayRepair repair = new ReplayRepair(database.connect(), replayId);
                ToldBefore told =
                        new ToldBefore(database.connect(), settings.ingest().meters(), out)) {
            comparison(scope, end, database.progress(settings.ingest().topic()))
                    .differences(connection, before.andEach(difference -> {
                        if (!told.holds(difference)) {
                            repair.add(difference);
                        }
                    }));
            applied = repair.finish();
            leftOut = told.leftOut();
        }
        before.print(out);
        say("applied " + applied + " corrections" + (leftOut > 0 ? ", left out " + leftOut : ""));
        // What was corrected was written after the replay began; so the rows that only moved are told apart by the
        // first comparison.
        ReplayFindings after = new ReplayFindings();
        comparison(scope, end, database.progress(settings.ingest().topic())).differences(connection, after);
        return report(connection, scope, end, after) && applied == before.differences();
    }

    private boolean report(Connection connection, ReplayScope scope, ReplayEnd end, ReplayFindings findings)
            throws SQLException {
        Progress progress = database.progress(settings.ingest().topic());
        ReplayComparison.Summary summary = comparison(scope, end, progress).summary(connection, metrics());
        findings.print(out);
        if (findings.differences() > 0 && !progress.alive()) {
            say("metering is not running: it may have read events that it has not written yet");
        }
        if (summary.openRows() > 0) {
            say(summary.openRows() + " rows of running hours are not judged");
        }
        if (summary.otherRows() > 0) {
            say(summary.otherRows() + " rows of metrics without a meter are not judged");
        }
        boolean same = findings.differences() == 0;
        out.println("replay: " + (same ? "SAME" : "DIFFERENT differences=" + findings.differences()) + " hours="
                + (scope.endHour() - scope.firstHour()) + " rows=" + summary.rows() + " events=" + summary.events());
        return same;
    }

    private ReplayComparison comparison(ReplayScope scope, ReplayEnd end, Progress progress) {
        String metric = request.metric();
        Instant watermark = progress.watermark();
        return new ReplayComparison(
                replayId,
                scope,
                metric == null ? metrics() : Set.of(metric),
                end.complete() ? end.beganAt() : end.reachedAt().minus(CHECKPOINT_ROOM),
                watermark == null ? Instant.EPOCH : watermark);
    }

    private Set<String> metrics() {
        return settings.ingest().meters().stream().map(Meter::metric).collect(Collectors.toCollection(TreeSet::new));
    }

    private void say(String line) {
        out.println("replay: " + line);
    }
}
