package io.tallymark.database;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * The database's clock, {@code report_now()}, which a rehearsal may have set: how far it is ahead of this machine's is asked at most once a
 * second, and while the database is away the last answer holds. Thread safe.
 */
public final class DatabaseClock implements InstantSource {
    private static final Duration FRESH = Duration.ofSeconds(1);

    private final Database database;
    private final InstantSource machine;
    private volatile Reading last = new Reading(Instant.MIN, Duration.ZERO);

    /** @param machine whose clock goes on between two questions */
    public DatabaseClock(Database database, InstantSource machine) {
        this.database = database;
        this.machine = machine;
    }

    private record Reading(Instant at, Duration ahead) {}

    @Override
    public Instant instant() {
        Instant here = machine.instant();
        Reading reading = last;
        if (reading.at().isBefore(here.minus(FRESH))) {
            reading = new Reading(here, ahead(here, reading));
            last = reading;
        }
        return here.plus(reading.ahead());
    }

    private Duration ahead(Instant here, Reading before) {
        try {
            return Duration.between(here, database.inTransaction(Sql::now));
        } catch (SQLException e) {
            return before.ahead();
        }
    }
}
