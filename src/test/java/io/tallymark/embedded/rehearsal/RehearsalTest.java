package io.tallymark.embedded.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.tallymark.config.Settings;
import io.tallymark.config.SettingsLoader;
import io.tallymark.database.Sql;
import io.tallymark.reconcile.BooksDatabase;
import io.tallymark.simulator.SettableClock;
import io.tallymark.usage.UserError;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class RehearsalTest {
    private static final Instant NOW = Instant.parse("2026-11-26T20:00:00Z");
    private static final Instant BEGIN = Instant.parse("2026-03-30T10:20:00Z");

    private final SettableClock real = new SettableClock(NOW);

    @Test
    void clockBeginsWhereItIsToldToAndGoesOnByItself() {
        RehearsalClock clock = new RehearsalClock(real, BEGIN);
        assertThat(clock.instant()).isEqualTo(BEGIN);

        real.advance(Duration.ofSeconds(3));
        clock.advance(Duration.ofHours(30));

        assertThat(clock.instant()).isEqualTo("2026-03-31T16:20:03Z");
    }

    @Test
    void followersMoveRightAfterTheClockAndHaveMovedWhenItReturns() {
        RehearsalClock clock = new RehearsalClock(real, BEGIN);
        List<String> story = new ArrayList<>();
        clock.follow(ahead -> {
            story.add("ready at " + clock.instant() + " for " + real.instant().plus(ahead));
            return () -> story.add("moved at " + clock.instant());
        });

        clock.advance(Duration.ofHours(1));

        assertThat(story)
                .containsExactly(
                        "ready at 2026-03-30T10:20:00Z for 2026-03-30T10:20:00Z",
                        "moved at 2026-03-30T10:20:00Z",
                        "ready at 2026-03-30T10:20:00Z for 2026-03-30T11:20:00Z",
                        "moved at 2026-03-30T11:20:00Z");
    }

    @Test
    void databaseFollowsTheClock() throws SQLException {
        try (BooksDatabase database = new BooksDatabase();
                Connection connection = database.owner().connect()) {
            RehearsalClock clock = new RehearsalClock(InstantSource.system(), BEGIN);
            clock.follow(new RehearsedDatabase(database.owner()));
            assertThat(Sql.now(connection))
                    .isAfterOrEqualTo(BEGIN)
                    .isCloseTo(clock.instant(), within(20, ChronoUnit.SECONDS));

            clock.advance(Duration.ofDays(2));

            assertThat(Sql.now(connection))
                    .isAfter(BEGIN.plus(Duration.ofDays(2)))
                    .isCloseTo(clock.instant(), within(20, ChronoUnit.SECONDS));
        }
    }

    @Test
    void databaseIsLetGoWhenAnotherFollowerIsNotReady() throws SQLException {
        try (BooksDatabase database = new BooksDatabase()) {
            RehearsalClock clock = new RehearsalClock(real, BEGIN);
            clock.follow(new RehearsedDatabase(database.owner()));
            AtomicBoolean ready = new AtomicBoolean(true);
            clock.follow(ahead -> {
                if (!ready.get()) {
                    throw new IllegalStateException("not ready");
                }
                return () -> {};
            });
            ready.set(false);

            assertThatThrownBy(() -> clock.advance(Duration.ofDays(2))).hasMessage("not ready");

            awaitNoOpenTransaction(database);
            assertThat(clock.instant()).isEqualTo(BEGIN);
        }
    }

    @Test
    void databaseThatCannotFollowKeepsNoTransaction() throws SQLException {
        try (BooksDatabase database = new BooksDatabase()) {
            database.execute("CREATE TABLE rehearsal_clock (of_somebody_else integer)");
            RehearsalClock clock = new RehearsalClock(real, BEGIN);

            assertThatThrownBy(() -> clock.follow(new RehearsedDatabase(database.access())))
                    .hasMessage("cannot move the clock of the database");

            awaitNoOpenTransaction(database);
        }
    }

    /** A closed connection's server process needs a moment to notice. */
    private static void awaitNoOpenTransaction(BooksDatabase database) {
        await().untilAsserted(() -> assertThat(
                        database.rows("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                                + " AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'"))
                .containsExactly("0"));
    }

    @Test
    void heartbeatsMustNotBeDeadLetters() {
        assertThat(Rehearsal.settings(settings("ignore")).ingest().trustCreateTime())
                .isTrue();
        assertThatThrownBy(() -> Rehearsal.settings(settings("reject")))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("metering.unknown-types: reject");
    }

    private static Settings settings(String unknownTypes) {
        return SettingsLoader.fromText("tallymark.yaml", """
                kafka: {bootstrap-servers: "127.0.0.1:1"}
                postgres: {url: "jdbc:postgresql:", user: tallymark}
                metering: {unknown-types: %s}
                meters: [{metric: calls, event-type: t, aggregation: count}]
                """.formatted(unknownTypes));
    }
}
