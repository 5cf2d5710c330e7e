package io.tallymark.audit.status;

import io.tallymark.config.Settings;
import io.tallymark.table.DatabaseCheck;
import io.tallymark.table.DatabaseUse;
import io.tallymark.usage.UserError;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Asks whether metering moves, cheaply enough for a probe: one row of the database, and Kafka's offsets only when nothing was read
 * lately. The judgement is that of {@link StatusCheck}, without the sums.
 */
public final class HealthCheck {
    private final Settings settings;
    private final Duration staleAfter;

    /** @param staleAfter longest time without a checkpoint, or without a record although some are unread */
    public HealthCheck(Settings settings, Duration staleAfter) {
        this.settings = settings;
        this.staleAfter = staleAfter;
    }

    /**
     * @throws UserError when the database or Kafka cannot be asked
     * @throws SQLException when the database fails meanwhile
     */
    public Health run() throws SQLException {
        List<UserError> problems = DatabaseCheck.toRead(settings.database(), EnumSet.of(DatabaseUse.METERING))
                .problems();
        if (!problems.isEmpty()) {
            throw problems.get(0);
        }
        try (Connection connection = settings.database().connect()) {
            connection.setReadOnly(true);
            return run(new IntakeReader(connection), new UsageReader(connection).now());
        }
    }

    private Health run(IntakeReader intake, Instant now) throws SQLException {
        String topic = settings.ingest().topic();
        @Nullable Progress progress = intake.progress(topic).orElse(null);
        MovementCheck movement = new MovementCheck(topic, staleAfter, now);
        movement.checkpoints(progress);
        if (progress != null && progress.movedAt().plus(staleAfter).isBefore(now)) {
            try (TopicLog log = TopicLog.open(settings.ingest())) {
                movement.partitions(intake.partitions(), log.offsets(topic).orElse(Map.of()), progress, log);
            }
        }
        return new Health(topic, now.toString(), progress, movement.problems());
    }
}
