package io.tallymark.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.database.Sql;
import io.tallymark.usage.Delivery;
import io.tallymark.usage.Delivery.Outcome;
import io.tallymark.usage.Delivery.Pressure;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PaceTableTest {
    private static final Delivery ANSWER = new Delivery(Outcome.ACCEPTED, "req_1", "", 0);
    private static final Delivery OUTAGE = new Delivery(Outcome.UNKNOWN, Pressure.OUTAGE, "", "503", 0);
    private static final Delivery SLOW_DOWN = new Delivery(Outcome.UNKNOWN, Pressure.SLOW_DOWN, "", "429", 3_000);

    private final Random random = new Random(7);
    private TestDatabase database;
    private Connection connection;

    @BeforeEach
    void open() throws SQLException {
        database = new TestDatabase();
        connection = database.access().connect();
        PaceTable.setCeiling(connection, 40);
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
        database.close();
    }

    @Test
    void ceilingIsTheRateUntilSomethingHappens() throws SQLException {
        PaceTable.Reading reading = PaceTable.read(connection);

        assertThat(reading.pace().rate(reading.now())).isEqualTo(40);
    }

    @Test
    void rateLimitIsKeptForEveryReporter() throws SQLException {
        adapt(SLOW_DOWN);
        try (Connection another = database.access().connect()) {
            PaceTable.Reading reading = PaceTable.read(another);

            assertThat(reading.pace().slowed()).isEqualTo(20);
            assertThat(reading.pace().isPaused(reading.now())).isTrue();
        }
    }

    @Test
    void outageStopsCallsAndTheAnswerToAProbeStartsThemAgain() throws SQLException {
        PaceTable.adapt(connection, Collections.nCopies(Pace.FAILURES_TO_STOP, OUTAGE), random);
        PaceTable.Reading stopped = PaceTable.read(connection);
        assertThat(stopped.pace().isPaused(stopped.now())).isTrue();
        assertThat(stopped.pace().isProbing()).isTrue();

        database.advance(Pace.LONGEST_PAUSE);
        adapt(ANSWER);

        PaceTable.Reading answered = PaceTable.read(connection);
        assertThat(answered.pace().slowed()).isEqualTo(4);
        assertThat(answered.pace().failures()).isZero();
        assertThat(answered.pace().failingSince()).isNull();
    }

    @Test
    void rateComesBackByTheReportersClock() throws SQLException {
        adapt(SLOW_DOWN);
        database.advance(Duration.ofMinutes(2));

        PaceTable.Reading reading = PaceTable.read(connection);
        assertThat(reading.pace().rate(reading.now())).isEqualTo(40);
    }

    @Test
    void nothingIsWrittenWhenNothingChanges() throws SQLException {
        List<String> before = version();
        adapt(ANSWER);
        PaceTable.setCeiling(connection, 40);

        assertThat(version()).isEqualTo(before);
        adapt(SLOW_DOWN);
        assertThat(version()).isNotEqualTo(before);
    }

    @Test
    void answersNeedNoLockOnTheRow() throws SQLException {
        try (Connection holder = database.access().connect()) {
            holder.setAutoCommit(false);
            Sql.update(holder, "UPDATE report_pace SET failures = failures");
            database.execute("ALTER DATABASE " + connection.getCatalog() + " SET lock_timeout = '1s'");
            try (Connection other = database.access().connect()) {
                PaceTable.adapt(other, List.of(ANSWER), random);
            }
            holder.rollback();
        }
        assertThat(PaceTable.read(connection).pace()).isEqualTo(new Pace(40, 25, null, null, 0, null));
    }

    private void adapt(Delivery delivery) throws SQLException {
        PaceTable.adapt(connection, List.of(delivery), random);
    }

    /** Another one after every write of the row. */
    private List<String> version() throws SQLException {
        return database.texts("SELECT xmin FROM report_pace");
    }
}
