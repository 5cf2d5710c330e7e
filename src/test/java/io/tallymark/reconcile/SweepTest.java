package io.tallymark.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.database.Database;
import io.tallymark.usage.DatabaseAccess;
import io.tallymark.usage.HeldUsage;
import io.tallymark.usage.MeterError;
import io.tallymark.usage.MeterErrors;
import io.tallymark.usage.SecretRef;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The sweep, tick by tick, against a real database. */
class SweepTest {
    private static final Instant HOUR = BooksDatabase.hoursAgo(5);

    private final SummariesOnly stripe = new SummariesOnly();
    private final List<MeterError> news = new ArrayList<>();
    private final AtomicLong nanos = new AtomicLong();
    private BooksDatabase books;
    private Database database;
    private Sweep sweep;

    @BeforeEach
    void open() throws SQLException {
        books = new BooksDatabase();
        database = ReconcilePool.open(books.access());
        sweep = sweep(database, books.access());
    }

    @AfterEach
    void close() throws SQLException {
        database.close();
        books.close();
    }

    @Test
    void acceptedReportIsConfirmedAndNothingIsLeftToLookAt() throws SQLException {
        told("acme", HOUR);
        stripe.holds("calls", "cus_acme", HOUR, "5");

        assertThat(sweep.tick()).isEqualTo(new Sweep.Looked(1, 1, 0));
        assertThat(books.rows("SELECT count(*) FROM reconcile_check")).containsExactly("0");
        assertThat(sweep.tick()).isEqualTo(Sweep.Looked.NOTHING);
    }

    @Test
    void reportIsLeftInPeaceAtFirst() throws SQLException {
        told("acme", HOUR);
        books.execute("UPDATE stripe_report SET resolved_at = report_now() - interval '10 minutes'");

        assertThat(sweep.tick()).isEqualTo(Sweep.Looked.NOTHING);

        books.execute("UPDATE stripe_report SET resolved_at = report_now() - interval '16 minutes'");
        later(Duration.ofSeconds(10));

        assertThat(sweep.tick().windows()).isEqualTo(1);
    }

    @Test
    void differenceIsMarkedNeverRepairedAndLookedAtAgainLater() throws SQLException {
        told("acme", HOUR);

        assertThat(sweep.tick().differences()).isEqualTo(1);
        assertThat(sweep.tick()).isEqualTo(Sweep.Looked.NOTHING);

        assertThat(books.rows("SELECT kind FROM reconcile_finding")).containsExactly("lost");
        assertThat(books.rows("SELECT count(*) FROM stripe_report WHERE state = 'observed'"))
                .containsExactly("0");
        assertThat(books.rows("SELECT checks, check_at > report_now() + interval '4 minutes' FROM reconcile_check"))
                .containsExactly("1, t");
    }

    @Test
    void backOffGrowsToSixHours() throws SQLException {
        told("acme", HOUR);
        sweep.tick();
        books.execute("UPDATE reconcile_check SET checks = 40, check_at = report_now() - interval '1 second'");
        sweep.tick();

        assertThat(books.rows(
                        "SELECT check_at BETWEEN report_now() + interval '5 hours' AND report_now() + interval '6 hours'"
                                + " FROM reconcile_check"))
                .containsExactly("t");
    }

    @Test
    void twoSweepsNeverLookAtTheSameStretch() throws SQLException {
        told("acme", HOUR);
        stripe.whileAsked(() -> {
            try {
                assertThat(sweep(database, books.access()).tick()).isEqualTo(Sweep.Looked.NOTHING);
            } catch (SQLException e) {
                throw new AssertionError(e);
            }
        });

        assertThat(sweep.tick().windows()).isEqualTo(1);
    }

    @Test
    void stripeThatIsAwayIsProbedOnceAMinute() throws SQLException {
        for (int customer = 0; customer < 10; customer++) {
            told("acme" + customer, HOUR);
        }
        stripe.answers(HeldUsage.Status.UNREACHABLE);
        for (int tick = 0; tick < 20; tick++) {
            sweep.tick();
        }
        assertThat(stripe.questions()).hasSize(3);

        later(Duration.ofSeconds(61));
        sweep.tick();
        sweep.tick();
        assertThat(stripe.questions()).hasSize(4);

        stripe.answers(HeldUsage.Status.READ);
        later(Duration.ofSeconds(61));
        sweep.tick();
        sweep.tick();
        assertThat(stripe.questions()).hasSize(6);
    }

    @Test
    void lookThatTakesSeveralCallsPaysWithTheNextTicks() throws SQLException {
        books.execute("INSERT INTO billing_customer VALUES ('acme', 'cus_acme', NULL, 'day')");
        Instant start = Instant.parse("2026-03-01T00:00:00Z");
        for (int day = 0; day < 3; day++) {
            Instant hour = start.plus(Duration.ofDays(day));
            books.total("calls", "acme", hour, "5");
            books.accepted("calls", "acme", hour, 1, "usage-record-set", "5", "5");
        }
        told("globex", HOUR);
        int ticks = 0;
        while (stripe.questions().size() < 4) {
            sweep.tick();
            ticks++;
            assertThat(ticks).isLessThan(20);
        }
        assertThat(ticks).isGreaterThanOrEqualTo(4);
    }

    @Test
    void databaseThatIsAwayCostsTicksOnly() throws SQLException {
        DatabaseAccess away = new DatabaseAccess(
                "jdbc:postgresql://127.0.0.1:1/tallymark", "tallymark", SecretRef.none("postgres.password"));
        try (Database none = ReconcilePool.open(away)) {
            assertThat(sweep(none, away).tick()).isEqualTo(Sweep.Looked.NOTHING);
        }
    }

    @Test
    void connectionThatDiesCostsATick() throws SQLException {
        told("acme", HOUR);
        books.rows("""
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()
                """);
        sweep.tick();
        later(Duration.ofSeconds(30));
        sweep.tick();

        assertThat(stripe.questions()).hasSize(1);
    }

    @Test
    void missingTableIsNoOutage() throws SQLException {
        books.execute("DROP TABLE reconcile_check");

        assertThatThrownBy(sweep::tick).isInstanceOf(SQLException.class).hasMessageContaining("reconcile_check");
    }

    @Test
    void errorEventIsNotedOnItsReportAndTheReportIsLookedAtAtOnce() throws SQLException {
        told("acme", HOUR);
        books.execute("UPDATE stripe_report SET state = 'confirmed'");
        String identifier = BooksDatabase.identifier("calls", "acme", HOUR, 1);
        news.add(error("evt_1", identifier + "-1a2b3c4d"));

        assertThat(sweep.tick().differences()).isEqualTo(1);
        assertThat(books.rows("SELECT stripe_error FROM stripe_report"))
                .containsExactly("meter_event_customer_not_found: no such customer");
        assertThat(books.rows("SELECT kind FROM reconcile_finding")).containsExactly("unknown_customer");
        assertThat(books.rows("SELECT event_id FROM reconcile_cursor")).containsExactly("evt_1");
    }

    @Test
    void errorEventThatComesAgainChangesNothing() throws SQLException {
        told("acme", HOUR);
        news.add(error("evt_1", BooksDatabase.identifier("calls", "acme", HOUR, 1)));
        ErrorEvents errors = new ErrorEvents(database, reader());

        assertThat(errors.takeIn()).isEqualTo(1);
        assertThat(errors.takeIn()).as("too early").isZero();
        books.execute("UPDATE reconcile_cursor SET read_at = report_now() - interval '1 minute'");
        assertThat(errors.takeIn()).as("a repeat").isZero();
    }

    private void told(String customer, Instant hour) throws SQLException {
        books.total("calls", customer, hour, "5");
        books.accepted("calls", customer, hour, 1, "delta", "5", "5");
    }

    private void later(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private Sweep sweep(Database on, DatabaseAccess access) {
        return new Sweep(on, stripe, reader(), ReconcileSettings.withDefaults(access), nanos::get);
    }

    private MeterErrors reader() {
        return new MeterErrors() {
            @Override
            public Answer since(Instant created, Instant now) {
                return Answer.of(news);
            }

            @Override
            public void close() {}
        };
    }

    private static MeterError error(String eventId, String identifier) {
        return new MeterError(
                eventId,
                Instant.now(),
                "meter_event_customer_not_found",
                "no such customer",
                List.of("tm-of-another", identifier));
    }
}
