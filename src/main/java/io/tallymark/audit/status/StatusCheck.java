package io.tallymark.audit.status;

import io.tallymark.config.Settings;
import io.tallymark.table.DatabaseCheck;
import io.tallymark.usage.UserError;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Looks at the balance sheet, the sign of life, the ledger and the topic, and judges. Changes nothing. */
public final class StatusCheck {
    /** Room for batches and checkpoints between the watermark that closes an hour and its row. */
    private static final Duration CLOSING_TIME = Duration.ofMinutes(5);

    private final Settings settings;
    private final Duration staleAfter;
    private final int hours;

    /**
     * @param staleAfter time without a checkpoint, or without a record although some are unread, after which nothing moves
     * @param hours how many append hours to show one by one
     */
    public StatusCheck(Settings settings, Duration staleAfter, int hours) {
        this.settings = settings;
        this.staleAfter = staleAfter;
        this.hours = hours;
    }

    /**
     * Looks once.
     *
     * @throws UserError when the database or Kafka cannot be asked
     * @throws SQLException when the database fails meanwhile
     */
    public Status run() throws SQLException {
        List<UserError> problems = DatabaseCheck.toRead(settings.database()).problems();
        if (!problems.isEmpty()) {
            throw problems.get(0);
        }
        try (TopicLog log = TopicLog.open(settings.ingest());
                Connection connection = settings.database().connect()) {
            // One view of all tables, so that sums of different queries agree.
            connection.setReadOnly(true);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            connection.setAutoCommit(false);
            return run(new IntakeReader(connection), new UsageReader(connection), log);
        }
    }

    private Status run(IntakeReader intake, UsageReader usage, TopicLog log) throws SQLException {
        String topic = settings.ingest().topic();
        Instant now = usage.now();
        @Nullable Progress progress = intake.progress(topic).orElse(null);
        List<PartitionSheet> sheets = intake.partitions();
        Map<String, Map<Integer, TopicLog.Offsets>> offsets = offsets(sheets, log);

        MovementCheck movement = new MovementCheck(topic, staleAfter, now);
        movement.checkpoints(progress);
        List<PartitionStatus> partitions =
                movement.partitions(sheets, offsets.getOrDefault(topic, Map.of()), progress, log);
        BalanceCheck balance = new BalanceCheck(intake, log, offsets);
        balance.run(sheets);

        List<String> warnings = new ArrayList<>(balance.warnings());
        warnings.addAll(movement.warnings());
        warnings.addAll(conflicts(partitions));
        OpenHours openHours =
                usage.openHours(topic, settings.aggregate().earlyResults().plus(CLOSING_TIME));
        warnings.addAll(abandoned(openHours));
        Reporting reporting = usage.reporting();
        warnings.addAll(reporting.warnings());
        return new Status(
                topic,
                now,
                progress,
                openHours,
                partitions,
                hours == 0 ? List.of() : intake.newestHours(hours),
                intake.reasons(),
                intake.uncoveredHours(),
                reporting,
                balance.problems(),
                movement.problems(),
                warnings);
    }

    /** Of the configured topic, which must exist, and of those that were read before. */
    private Map<String, Map<Integer, TopicLog.Offsets>> offsets(List<PartitionSheet> sheets, TopicLog log) {
        Map<String, Map<Integer, TopicLog.Offsets>> offsets = new HashMap<>();
        String topic = settings.ingest().topic();
        offsets.put(
                topic,
                log.offsets(topic)
                        .orElseThrow(() -> new UserError(
                                "kafka.topic: the topic " + topic + " does not exist at "
                                        + settings.ingest().bootstrapServers(),
                                "check kafka.topic and kafka.bootstrap-servers; ./tallymark doctor says more")));
        for (PartitionSheet sheet : sheets) {
            offsets.computeIfAbsent(sheet.topic(), other -> log.offsets(other).orElse(Map.of()));
        }
        return offsets;
    }

    private static List<String> abandoned(OpenHours hours) {
        return hours.abandoned() == 0
                ? List.of()
                : List.of(hours.abandoned()
                        + " rows are still open although their hours are over: a job without state left them as they stand"
                        + " (unless it is still catching up), so nobody reports them; ./tallymark replay --apply closes"
                        + " those that the topic holds whole");
    }

    private static List<String> conflicts(List<PartitionStatus> partitions) {
        long conflicts = partitions.stream()
                .mapToLong(partition -> partition.outcomes().conflict())
                .sum();
        return conflicts == 0
                ? List.of()
                : List.of(conflicts
                        + " records repeat the identity of an event with another time or content: only the first of"
                        + " each identity is counted");
    }
}
