package io.tallymark.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.database.Database;
import io.tallymark.usage.HeldUsage;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a repair writes, and when it writes nothing. That the reporter then mends Stripe is in {@code ReconcileThenReportTest}. */
class RepairTest {
    private static final Instant HOUR = BooksDatabase.hoursAgo(5);
    private static final Instant FROM = BooksDatabase.hoursAgo(50);
    private static final Instant TO = BooksDatabase.hoursAgo(0);
    private static final Lane CALLS = new Lane("calls", "acme");

    private final SummariesOnly stripe = new SummariesOnly();
    private BooksDatabase books;
    private Database database;

    @BeforeEach
    void open() throws SQLException {
        books = new BooksDatabase();
        database = ReconcilePool.open(books.access());
    }

    @AfterEach
    void close() throws SQLException {
        database.close();
        books.close();
    }

    @Test
    void lostReportIsWrittenDownWithItsPostingAndTheHourIsDue() throws SQLException {
        told("delta", HOUR, 1, "5");

        assertThat(repair(verdict())).isEmpty();

        assertThat(books.rows(
                        "SELECT sequence, state, value, amount, attempts, first_sent_at, event_name, stripe_customer_id"
                                + " FROM stripe_report ORDER BY sequence"))
                .last()
                .isEqualTo("2, observed, 0, -5, 0, null, calls, cus_acme");
        assertThat(books.rows("SELECT from_account, to_account, amount, cause FROM ledger_entry ORDER BY entry_id"))
                .last()
                .isEqualTo("unreported, reported, -5, reconciliation: lost");
        assertThat(books.rows("SELECT period_start = ?, queued, waiting_for FROM report_due", HOUR))
                .containsExactly("t, f, null");
        assertThat(books.rows("SELECT identifier FROM stripe_report WHERE state = 'observed'"))
                .allMatch(identifier -> identifier.matches("obs-calls-\\d{8}T\\d\\d-2-[0-9a-f]{32}"));
    }

    @Test
    void repairOfTheSameFindingTwiceWritesOnce() throws SQLException {
        told("delta", HOUR, 1, "5");
        Verdict verdict = verdict();

        assertThat(repair(verdict)).isEmpty();
        assertThat(repair(verdict))
                .hasValueSatisfying(reason -> assertThat(reason).contains("changed meanwhile"));
        assertThat(repair(verdict())).as("of a second reconciliation").isPresent();

        assertThat(books.rows("SELECT count(*) FROM stripe_report")).containsExactly("2");
    }

    @Test
    void reportThatComesInBetweenMakesItANoOp() throws SQLException {
        told("delta", HOUR, 1, "5");
        Verdict verdict = verdict();
        told("delta", HOUR, 2, "3");

        assertThat(repair(verdict)).isPresent();
        assertThat(books.rows("SELECT count(*) FROM stripe_report WHERE state = 'observed'"))
                .containsExactly("0");
        assertThat(books.rows("SELECT count(*) FROM report_lane")).containsExactly("0");
    }

    @Test
    void laneWithAReportUnderWayIsLeftAlone() throws SQLException {
        told("delta", HOUR, 1, "5");
        Verdict verdict = verdict();
        books.execute("INSERT INTO report_lane VALUES ('calls', 'acme', report_now() + interval '1 minute', 7)");

        assertThat(repair(verdict))
                .hasValueSatisfying(reason -> assertThat(reason).contains("being told"));

        books.execute("UPDATE report_lane SET ready_at = report_now() - interval '1 second'");

        assertThat(repair(verdict)).as("the lease has run out").isEmpty();
    }

    @Test
    void whatOthersWroteIsTakenAwayOnDemandOnlyWhereReportsAddUp() throws SQLException {
        told("delta", HOUR, 1, "5");
        stripe.holds("calls", "cus_acme", HOUR, "7");

        assertThat(repair(verdict()))
                .hasValueSatisfying(reason -> assertThat(reason).contains("--repair-foreign"));
        assertThat(new Repair(database, true).repair(verdict())).isEmpty();
        assertThat(books.rows("SELECT value, amount FROM stripe_report WHERE state = 'observed'"))
                .containsExactly("7, 2");
    }

    @Test
    void overwrittenHourlyTotalIsTakenBackWithoutFurtherAsking() throws SQLException {
        told("hourly-total", HOUR, 1, "5");
        stripe.holds("calls", "cus_acme", HOUR, "7");

        assertThat(repair(verdict())).isEmpty();
    }

    @Test
    void freshReportIsNotRepaired() throws SQLException {
        told("delta", HOUR, 1, "5");
        books.execute("UPDATE stripe_report SET resolved_at = report_now() - interval '1 minute'");

        assertThat(repair(verdict()))
                .hasValueSatisfying(reason -> assertThat(reason).contains("behind"));
    }

    @Test
    void usageOfACustomerWhomStripeDoesNotKnowWaitsForTheMapping() throws SQLException {
        told("delta", HOUR, 1, "5");
        books.execute("INSERT INTO billing_customer (customer_id, stripe_customer_id) VALUES ('acme', 'cus_acme')");
        stripe.answers(HeldUsage.Status.NO_SUCH_CUSTOMER);

        assertThat(repair(verdict()))
                .hasValueSatisfying(reason -> assertThat(reason).contains("mapping is mended"));

        books.execute("UPDATE billing_customer SET stripe_customer_id = 'cus_other'");

        assertThat(repair(verdict())).isEmpty();
        assertThat(books.rows("SELECT value, amount, stripe_error FROM stripe_report WHERE state = 'observed'"))
                .containsExactly("0, -5, customer_not_found");
    }

    @Test
    void usageThatStripeShowedBeforeItLostTheCustomerIsNotToldToAnother() throws SQLException {
        told("delta", HOUR, 1, "5");
        books.execute("UPDATE stripe_report SET state = 'confirmed'");
        books.execute("INSERT INTO billing_customer (customer_id, stripe_customer_id) VALUES ('acme', 'cus_other')");
        stripe.answers(HeldUsage.Status.NO_SUCH_CUSTOMER);

        assertThat(repair(verdict()))
                .hasValueSatisfying(reason -> assertThat(reason).contains("invoice"));
        assertThat(books.rows("SELECT count(*) FROM stripe_report")).containsExactly("1");
    }

    @Test
    void hourThatStripeRefusedIsToldAgainOnDemand() throws SQLException {
        refused("delta", HOUR, 1);

        Verdict verdict = verdict();
        assertThat(verdict.kind()).isEqualTo(Kind.REJECTED);
        assertThat(repair(verdict)).isEmpty();
        assertThat(repair(verdict)).as("once is enough").isPresent();
        assertThat(repair(verdict())).as("it is due").isPresent();

        assertThat(books.rows("SELECT metric, customer_id, period_start = ? FROM report_due", HOUR))
                .containsExactly("calls, acme, t");
        assertThat(books.rows("SELECT state FROM stripe_report")).containsExactly("rejected");
    }

    @Test
    void hourThatWasToldAfterItsRefusalIsNotToldAgain() throws SQLException {
        refused("delta", HOUR, 1);
        books.accepted("calls", "acme", HOUR, 2, "delta", "5", "5");
        stripe.holds("calls", "cus_acme", HOUR, "5");

        assertThat(verdict().kind()).isEqualTo(Kind.OK);
        assertThat(repair(verdict())).isPresent();
        assertThat(books.rows("SELECT count(*) FROM report_due")).containsExactly("0");
    }

    @Test
    void refusedDeltaThatMayHaveArrivedBeforeIsForAPerson() throws SQLException {
        refused("delta", HOUR, 2);

        assertThat(repair(verdict()))
                .hasValueSatisfying(reason ->
                        assertThat(reason).contains("--resolve " + BooksDatabase.identifier("calls", "acme", HOUR, 1)));
        assertThat(books.rows("SELECT count(*) FROM report_due")).containsExactly("0");
    }

    @Test
    void refusedTotalMayBeToldAgainHoweverOftenItWasTried() throws SQLException {
        refused("hourly-total", HOUR, 7);

        assertThat(repair(verdict())).isEmpty();
        assertThat(books.rows("SELECT count(*) FROM report_due")).containsExactly("1");
    }

    @Test
    void incrementThatWasDoubledIsCorrectedOnItsOwnHour() throws SQLException {
        Instant first = Instant.parse("2026-03-01T05:00:00Z");
        told("usage-record-increment", first, 1, "5");
        told("usage-record-increment", first.plus(Duration.ofHours(1)), 1, "3");
        stripe.holds("calls", "cus_acme", first, "13");

        assertThat(repair(verdict(first, first.plus(Duration.ofHours(2))))).isEmpty();
        assertThat(books.rows(
                        "SELECT extract(hour FROM period_start AT TIME ZONE 'UTC'), value, amount FROM stripe_report"
                                + " WHERE state = 'observed'"))
                .containsExactly("5, 10, 5");
    }

    @Test
    void incrementsThatNobodyCanExplainAreCorrectedOnTheLastHour() throws SQLException {
        Instant first = Instant.parse("2026-03-01T05:00:00Z");
        told("usage-record-increment", first, 1, "5");
        told("usage-record-increment", first.plus(Duration.ofHours(1)), 1, "3");
        stripe.holds("calls", "cus_acme", first, "6.5");

        assertThat(new Repair(database, true).repair(verdict(first, first.plus(Duration.ofHours(2)))))
                .isEmpty();
        assertThat(books.rows(
                        "SELECT extract(hour FROM period_start AT TIME ZONE 'UTC'), value, amount FROM stripe_report"
                                + " WHERE state = 'observed'"))
                .containsExactly("6, 6.5, -1.5");
    }

    @Test
    void totalThatWasSetAndLostIsToldAgainWithAllOthers() throws SQLException {
        Instant first = Instant.parse("2026-03-01T05:00:00Z");
        told("usage-record-set", first, 1, "5");
        told("usage-record-set", first.plus(Duration.ofHours(1)), 1, "3");
        stripe.holds("calls", "cus_acme", first, "3");

        assertThat(repair(verdict(first, first.plus(Duration.ofHours(2))))).isEmpty();
        assertThat(books.rows(
                        "SELECT extract(hour FROM period_start AT TIME ZONE 'UTC'), value, amount FROM stripe_report"
                                + " WHERE state = 'observed'"))
                .containsExactlyInAnyOrder("5, 1, -4", "6, 2, -1");
    }

    @Test
    void oneOfTwoEqualTotalsIsLostAndNobodyKnowsWhich() throws SQLException {
        Instant first = Instant.parse("2026-03-01T05:00:00Z");
        told("usage-record-set", first, 1, "10");
        told("usage-record-set", first.plus(Duration.ofHours(1)), 1, "10");
        stripe.holds("calls", "cus_acme", first, "10");

        assertThat(repair(verdict(first, first.plus(Duration.ofHours(2))))).isEmpty();
        assertThat(books.rows("SELECT count(*) FROM report_due"))
                .as("both are told again")
                .containsExactly("2");
        assertThat(books.rows("SELECT sum(amount) FROM stripe_report WHERE state = 'observed'"))
                .containsExactly("-10");
    }

    @Test
    void totalOfNothingThatIsLostIsToldAgainToo() throws SQLException {
        Instant first = Instant.parse("2026-03-01T05:00:00Z");
        Instant second = first.plus(Duration.ofHours(1));
        told("usage-record-set", first, 1, "5");
        told("usage-record-set", second, 1, "10");
        books.accepted("calls", "acme", first, 2, "usage-record-set", "0", "-5");
        books.total("calls", "acme", first, "0");
        stripe.holds("calls", "cus_acme", first, "15");

        assertThat(repair(verdict(first, second.plus(Duration.ofHours(1))))).isEmpty();
        assertThat(books.rows("SELECT value, amount FROM stripe_report WHERE state = 'observed' ORDER BY period_start"))
                .containsExactly("1, 1", "14, 4");
        assertThat(books.rows("SELECT count(*) FROM report_due")).containsExactly("2");
    }

    @Test
    void noHourIsAssumedToHoldWhatItWasTold() throws SQLException {
        Instant first = Instant.parse("2026-03-01T05:00:00Z");
        Instant second = first.plus(Duration.ofHours(1));
        told("usage-record-set", first, 1, "3");
        told("usage-record-set", second, 1, "10");
        stripe.holds("calls", "cus_acme", first, "10");

        assertThat(repair(verdict(first, second.plus(Duration.ofHours(1))))).isEmpty();
        assertThat(books.rows("SELECT value, amount FROM stripe_report WHERE state = 'observed' ORDER BY period_start"))
                .containsExactly("1, -2", "9, -1");
    }

    @Test
    void totalsSetThatNobodyCanExplainAreAllToldAgain() throws SQLException {
        Instant first = Instant.parse("2026-03-01T05:00:00Z");
        told("usage-record-set", first, 1, "5");
        told("usage-record-set", first.plus(Duration.ofHours(1)), 1, "3");
        stripe.holds("calls", "cus_acme", first, "6.5");

        assertThat(repair(verdict(first, first.plus(Duration.ofHours(2))))).isEmpty();
        assertThat(books.rows("SELECT value, amount FROM stripe_report WHERE state = 'observed' ORDER BY period_start"))
                .containsExactly("0, -5", "6.5, 3.5");
        assertThat(books.rows("SELECT count(*) FROM report_due")).containsExactly("2");
    }

    @Test
    void periodTotalIsCorrectedFromItsNewestValue() throws SQLException {
        Instant first = Instant.parse("2026-03-01T05:00:00Z");
        books.total("calls", "acme", first, "5");
        books.total("calls", "acme", first.plus(Duration.ofHours(1)), "4");
        books.accepted("calls", "acme", first, 1, "period-total", "5", "5");
        books.accepted("calls", "acme", first.plus(Duration.ofHours(1)), 1, "period-total", "9", "4");
        stripe.holds("calls", "cus_acme", first, "5");

        assertThat(repair(verdict(first, first.plus(Duration.ofHours(2))))).isEmpty();
        assertThat(books.rows(
                        "SELECT extract(hour FROM period_start AT TIME ZONE 'UTC'), value, amount FROM stripe_report"
                                + " WHERE state = 'observed'"))
                .containsExactly("6, 5, -4");
    }

    private Optional<String> repair(Verdict verdict) throws SQLException {
        return new Repair(database, false).repair(verdict);
    }

    private Verdict verdict() throws SQLException {
        return verdict(FROM, TO);
    }

    private Verdict verdict(Instant from, Instant to) throws SQLException {
        return new LaneCheck(database, stripe, Duration.ofHours(1))
                .check(CALLS, from, to)
                .verdicts()
                .get(0);
    }

    private void refused(String mode, Instant hour, int attempts) throws SQLException {
        books.total("calls", "acme", hour, "5");
        books.report("calls", "acme", hour, 1, mode, "5", "5", "rejected");
        books.execute("UPDATE stripe_report SET attempts = ?", attempts);
    }

    private void told(String mode, Instant hour, int sequence, String amount) throws SQLException {
        books.accepted("calls", "acme", hour, sequence, mode, amount, amount);
        String total = books.rows("SELECT sum(amount) FROM stripe_report WHERE period_start = ?", hour)
                .get(0);
        books.total("calls", "acme", hour, total);
    }
}
