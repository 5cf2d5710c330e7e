package io.tallymark.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.database.Database;
import io.tallymark.usage.HeldUsage;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Books in a real database, compared with what a Stripe says. */
class LaneCheckTest {
    private static final Instant HOUR = BooksDatabase.hoursAgo(5);
    private static final Instant NEXT = BooksDatabase.hoursAgo(4);
    private static final Instant FROM = BooksDatabase.hoursAgo(50);
    private static final Instant TO = BooksDatabase.hoursAgo(-1);
    private static final Lane CALLS = new Lane("calls", "acme");

    private final SummariesOnly stripe = new SummariesOnly();
    private BooksDatabase books;
    private Database database;
    private LaneCheck check;

    @BeforeEach
    void open() throws SQLException {
        books = new BooksDatabase();
        database = ReconcilePool.open(books.access());
        check = new LaneCheck(database, stripe, Duration.ofHours(1));
    }

    @AfterEach
    void close() throws SQLException {
        database.close();
        books.close();
    }

    @Test
    void whatStripeShowsIsConfirmed() throws SQLException {
        told(HOUR, 1, "5", "5");
        stripe.holds("calls", "cus_acme", HOUR, "5");

        LaneCheck.Result result = check.check(CALLS, FROM, TO);

        assertThat(result.confirmed()).isEqualTo(1);
        assertThat(kinds(result)).containsExactly(Kind.OK);
        assertThat(books.rows("SELECT state, confirmed_at IS NOT NULL FROM stripe_report"))
                .containsExactly("confirmed, t");
        assertThat(check.check(CALLS, FROM, TO).confirmed()).isZero();
    }

    @Test
    void whatStripeDoesNotShowIsRecordedOnceAndResolvedWhenItDoes() throws SQLException {
        told(HOUR, 1, "5", "5");

        check.check(CALLS, FROM, TO);
        check.check(CALLS, FROM, TO);

        assertThat(books.rows("SELECT state FROM stripe_report")).containsExactly("accepted");
        assertThat(findings()).containsExactly("lost, 5, 5, 0, open");

        stripe.holds("calls", "cus_acme", HOUR, "5");
        check.check(CALLS, FROM, TO);

        assertThat(findings()).containsExactly("lost, 5, 5, 0, resolved");

        stripe.holds("calls", "cus_acme", HOUR, "10");
        check.check(CALLS, FROM, TO);

        assertThat(findings()).containsExactly("doubled, 5, 5, 10, open");
    }

    @Test
    void findingOfAnHourThatIsAtAnotherPlaceByNowIsResolved() throws SQLException {
        told(HOUR, 1, "5", "5");
        check.check(CALLS, FROM, TO);
        books.report("calls", "acme", HOUR, 2, "delta", "0", "-5", "observed");
        books.accepted("calls", "acme", "cus_other", HOUR, 3, "delta", "5", "5");
        stripe.holds("calls", "cus_other", HOUR, "5");
        check.check(CALLS, FROM, TO);

        assertThat(findings()).containsExactly("lost, 5, 5, 0, resolved");
    }

    @Test
    void oneQuestionCoversAHundredHours() throws SQLException {
        for (int ago = 150; ago > 0; ago--) {
            told(BooksDatabase.hoursAgo(ago), 1, "1", "1");
            stripe.holds("calls", "cus_acme", BooksDatabase.hoursAgo(ago), "1");
        }

        LaneCheck.Result result = check.check(CALLS, BooksDatabase.hoursAgo(200), TO);

        assertThat(result.confirmed()).isEqualTo(150);
        assertThat(stripe.questions()).hasSize(2).allSatisfy(question -> {
            assertThat(question.hourly()).isTrue();
            assertThat(Duration.between(question.start(), question.end())).isLessThanOrEqualTo(Duration.ofHours(100));
        });
    }

    @Test
    void usageRecordsAreAskedForByTheCustomersPeriod() throws SQLException {
        Instant anchor = Instant.parse("2020-01-15T06:00:00Z");
        books.execute("INSERT INTO billing_customer VALUES ('acme', 'cus_acme', ?, 'day')", anchor);
        Instant hour = Instant.parse("2026-03-01T05:00:00Z");
        toldAs("usage-record-increment", hour, "5");
        toldAs("usage-record-increment", hour.plus(Duration.ofHours(1)), "3");

        check.check(CALLS, hour, hour.plus(Duration.ofHours(2)));

        assertThat(stripe.questions())
                .extracting(question -> question.start() + " to " + question.end() + " " + question.hourly())
                .containsExactly(
                        "2026-02-28T06:00:00Z to 2026-03-01T06:00:00Z false",
                        "2026-03-01T06:00:00Z to 2026-03-02T06:00:00Z false");
    }

    @Test
    void wholePeriodIsReadWhereverTheStretchBegins() throws SQLException {
        Instant first = Instant.parse("2026-03-01T00:00:00Z");
        toldAs("usage-record-increment", first, "5");
        toldAs("usage-record-increment", Instant.parse("2026-03-20T00:00:00Z"), "3");
        stripe.holds("calls", "cus_acme", first, "8");

        LaneCheck.Result result =
                check.check(CALLS, Instant.parse("2026-03-19T00:00:00Z"), Instant.parse("2026-03-21T00:00:00Z"));

        assertThat(result.confirmed()).isEqualTo(2);
    }

    @Test
    void whatChangesWhileStripeIsAskedIsNotJudged() throws SQLException {
        told(HOUR, 1, "5", "5");
        stripe.holds("calls", "cus_acme", HOUR, "8");
        stripe.whileAsked(() -> {
            try {
                told(HOUR, 2, "3", "3");
            } catch (SQLException e) {
                throw new AssertionError(e);
            }
        });

        assertThat(kinds(check.check(CALLS, FROM, TO))).containsExactly(Kind.UNREPORTED);
        assertThat(findings()).isEmpty();
        assertThat(kinds(check.check(CALLS, FROM, TO))).containsExactly(Kind.OK);
    }

    @Test
    void valueInAnHourOfOtherWritersIsFoundAndForgottenWhenItGoes() throws SQLException {
        told(HOUR, 1, "5", "5");
        told(BooksDatabase.hoursAgo(2), 1, "5", "5");
        stripe.holds("calls", "cus_acme", HOUR, "5");
        stripe.holds("calls", "cus_acme", BooksDatabase.hoursAgo(2), "5");
        stripe.holds("calls", "cus_acme", NEXT, "7");

        assertThat(kinds(check.check(CALLS, FROM, TO))).containsExactly(Kind.OK, Kind.OK, Kind.FOREIGN_WRITER);
        assertThat(findings()).containsExactly("foreign_writer, 0, 0, 7, open");

        stripe.holds("calls", "cus_acme", NEXT, "0");
        check.check(CALLS, FROM, TO);

        assertThat(findings()).containsExactly("foreign_writer, 0, 0, 7, resolved");
    }

    @Test
    void stripeThatIsAwayIsAskedOnceAndNothingIsRecorded() throws SQLException {
        told(HOUR, 1, "5", "5");
        told(BooksDatabase.hoursAgo(40), 1, "5", "5");
        stripe.answers(HeldUsage.Status.UNREACHABLE);

        assertThat(kinds(check.check(CALLS, BooksDatabase.hoursAgo(200), TO))).containsOnly(Kind.UNREADABLE);
        assertThat(stripe.questions()).hasSize(1);
        assertThat(findings()).isEmpty();
    }

    @Test
    void unknownCustomerIsRecordedWithoutAValue() throws SQLException {
        told(HOUR, 1, "5", "5");
        stripe.answers(HeldUsage.Status.NO_SUCH_CUSTOMER);

        check.check(CALLS, FROM, TO);

        assertThat(findings()).containsExactly("unknown_customer, 5, 5, null, open");
    }

    @Test
    void hoursThatWereNeverToldAreNotAskedFor() throws SQLException {
        books.total("calls", "acme", HOUR, "5");

        assertThat(kinds(check.check(CALLS, FROM, TO))).containsExactly(Kind.UNREPORTED);
        assertThat(stripe.questions()).isEmpty();
    }

    private void told(Instant hour, int sequence, String value, String amount) throws SQLException {
        books.accepted("calls", "acme", hour, sequence, "delta", value, amount);
        String total = books.rows("SELECT sum(amount) FROM stripe_report WHERE period_start = ?", hour)
                .get(0);
        books.total("calls", "acme", hour, total);
    }

    private void toldAs(String mode, Instant hour, String amount) throws SQLException {
        books.total("calls", "acme", hour, amount);
        books.accepted("calls", "acme", hour, 1, mode, amount, amount);
    }

    private List<String> findings() throws SQLException {
        return books.rows("""
                SELECT kind, table_total, told, held, CASE WHEN resolved_at IS NULL THEN 'open' ELSE 'resolved' END
                FROM reconcile_finding ORDER BY window_start
                """);
    }

    private static List<Kind> kinds(LaneCheck.Result result) {
        return result.verdicts().stream().map(Verdict::kind).toList();
    }
}
