package io.tallymark.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.usage.HeldUsage;
import io.tallymark.usage.UserError;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A whole reconciliation: its result, its repairs, the trial balance, and a person's word. */
class ReconciliationTest {
    private static final Instant HOUR = BooksDatabase.hoursAgo(5);

    private final SummariesOnly stripe = new SummariesOnly();
    private BooksDatabase books;
    private Reconciliation reconciliation;

    @BeforeEach
    void open() throws SQLException {
        books = new BooksDatabase();
        reconciliation = Reconciliation.open(ReconcileSettings.withDefaults(books.access()), stripe);
    }

    @AfterEach
    void close() throws SQLException {
        reconciliation.close();
        books.close();
    }

    @Test
    void whatAgreesIsInOrder() throws SQLException {
        told("tokens", "acme", "5");
        told("tokens", "globex", "3");

        Reconciled result = run();

        assertThat(result.isInOrder()).isTrue();
        assertThat(result.confirmed()).isEqualTo(2);
        assertThat(result.kinds()).isEqualTo(Map.of(Kind.OK, 2L));
        assertThat(result.accounts().toString()).isEqualTo("{metered=-8, unreported=0, reported=8}");
        assertThat(result.isBalanced()).isTrue();
    }

    @Test
    void scopeNarrowsItDown() throws SQLException {
        told("tokens", "acme", "5");
        told("tokens", "globex", "3");
        told("calls", "acme", "2");

        assertThat(run(new Scope(null, null, "acme", null)).windows()).isEqualTo(2);
        assertThat(run(new Scope(null, null, "acme", "calls")).windows()).isEqualTo(1);
        assertThat(run(new Scope(BooksDatabase.hoursAgo(4), null, null, null)).windows())
                .isZero();
        assertThat(run(new Scope(HOUR, BooksDatabase.hoursAgo(4), null, null)).windows())
                .isEqualTo(3);
    }

    @Test
    void usageThatWaitsIsNoDifferenceButIsNamed() throws SQLException {
        books.execute("INSERT INTO reported_meter (metric, event_name, mode) VALUES ('tokens', 'tokens', 'delta')");
        books.total("tokens", "acme", HOUR, "5");
        books.execute(
                "INSERT INTO report_due (metric, customer_id, period_start, queued, waiting_for)"
                        + " VALUES ('tokens', 'acme', ?, true, 'unmapped')",
                HOUR);

        Reconciled result = run();

        assertThat(result.isInOrder()).isTrue();
        assertThat(result.lines()).singleElement().satisfies(line -> {
            assertThat(line.finding().kind()).isEqualTo(Kind.UNREPORTED);
            assertThat(line.finding().detail()).isEqualTo("waits: unmapped");
        });
    }

    @Test
    void differencesComeFirstAndTheListIsBounded() throws SQLException {
        books.execute("INSERT INTO reported_meter (metric, event_name, mode) VALUES ('tokens', 'tokens', 'delta')");
        books.total("tokens", "aaa", HOUR, "5");
        lost("tokens", "acme", "5");
        lost("tokens", "globex", "3");

        Reconciled result = reconciliation.run(Scope.ALL, Reconciliation.Repairs.NONE, 2, (done, all) -> {});

        assertThat(result.isInOrder()).isFalse();
        assertThat(result.lines()).extracting(line -> line.finding().kind()).containsExactly(Kind.LOST, Kind.LOST);
        assertThat(result.unlisted()).isEqualTo(1);
    }

    @Test
    void repairsAreCountedAndRunningItAgainRepairsNothing() throws SQLException {
        lost("tokens", "acme", "5");
        Reconciliation.Repairs repairs = new Reconciliation.Repairs(true, false);

        assertThat(reconciliation.run(Scope.ALL, repairs, 10, (done, all) -> {}).repaired())
                .isEqualTo(1);
        assertThat(reconciliation.run(Scope.ALL, repairs, 10, (done, all) -> {}))
                .returns(0L, Reconciled::repaired)
                .returns(true, Reconciled::isBalanced);
        assertThat(books.rows("SELECT count(*) FROM stripe_report WHERE state = 'observed'"))
                .containsExactly("1");
    }

    @Test
    void booksThatSomebodyChangedAreFound() throws SQLException {
        told("tokens", "acme", "5");
        books.report("tokens", "acme", BooksDatabase.hoursAgo(9), 1, "delta", "2", "2", "confirmed");
        stripe.holds("tokens", "cus_acme", BooksDatabase.hoursAgo(9), "2");

        Reconciled result = run();

        assertThat(result.isInOrder()).isFalse();
        assertThat(result.lines()).extracting(line -> line.finding().kind()).contains(Kind.LEDGER);
        assertThat(result.lines().get(0).finding().detail()).contains("says 5 was reported", "add up to 7");
    }

    @Test
    void stripeThatIsAwayEndsItWithASentence() throws SQLException {
        told("tokens", "acme", "5");
        stripe.answers(HeldUsage.Status.UNREACHABLE);

        assertThatThrownBy(this::run).isInstanceOf(UserError.class).hasMessageContaining("stripe: no usable answer");
    }

    @Test
    void ambiguousReportTakenForAcceptedIsPosted() throws SQLException {
        ambiguous();

        reconciliation.resolve(identifier(), true);

        assertThat(books.rows("SELECT state, error FROM stripe_report"))
                .containsExactly("accepted, resolved by hand: accepted");
        assertThat(books.rows("SELECT to_account, amount, cause FROM ledger_entry ORDER BY entry_id"))
                .last()
                .isEqualTo("reported, 5, resolved by hand: accepted");
        assertThat(books.rows("SELECT queued, waiting_for FROM report_due")).containsExactly("f, null");
    }

    @Test
    void ambiguousReportTakenForLostIsToldAnew() throws SQLException {
        ambiguous();

        reconciliation.resolve(identifier(), false);

        assertThat(books.rows("SELECT state FROM stripe_report")).containsExactly("lost");
        assertThat(books.rows("SELECT count(*) FROM ledger_entry WHERE report_identifier IS NOT NULL"))
                .containsExactly("0");
        assertThat(books.rows("SELECT queued, waiting_for FROM report_due")).containsExactly("f, null");
    }

    @Test
    void reportOfAKnownFateCannotBeResolved() throws SQLException {
        told("tokens", "acme", "5");

        assertThatThrownBy(() -> reconciliation.resolve(identifier(), true))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("is accepted, not ambiguous");
        assertThatThrownBy(() -> reconciliation.resolve("tm-nobody", true))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("no report tm-nobody");
    }

    @Test
    void refusedReportOfSeveralCallsIsAPersonsToResolve() throws SQLException {
        books.total("tokens", "acme", HOUR, "5");
        books.report("tokens", "acme", HOUR, 1, "usage-record-set", "5", "5", "rejected");

        assertThatThrownBy(() -> reconciliation.resolve(identifier(), false)).hasMessageContaining("is rejected");
        books.execute("UPDATE stripe_report SET attempts = 2");
        reconciliation.resolve(identifier(), false);

        assertThat(books.rows("SELECT state FROM stripe_report")).containsExactly("lost");
        assertThat(books.rows("SELECT count(*) FROM report_due")).containsExactly("1");
    }

    @Test
    void differenceOfABillingPeriodStaysOpenHoweverOftenItIsSeen() throws SQLException {
        books.total("tokens", "acme", HOUR, "5");
        books.accepted("tokens", "acme", HOUR, 1, "period-total", "5", "5");
        stripe.holds("tokens", "cus_acme", HOUR, "3");

        for (int run = 0; run < 4; run++) {
            assertThat(run().windows()).isEqualTo(1);
            assertThat(books.rows("SELECT kind, resolved_at FROM reconcile_finding"))
                    .as("run " + run)
                    .containsExactly("foreign_writer, null");
        }
    }

    @Test
    void subscriptionItemIsOneWindowWhoeverItsCustomerIsMappedTo() throws SQLException {
        books.total("tokens", "acme", HOUR, "5");
        books.accepted("tokens", "acme", HOUR, 1, "usage-record-set", "5", "5");
        books.total("tokens", "acme", HOUR.plusSeconds(3_600), "3");
        books.accepted("tokens", "acme", "cus_new", HOUR.plusSeconds(3_600), 1, "usage-record-set", "3", "3");
        books.execute("INSERT INTO billing_customer VALUES ('acme', 'cus_new', ?, 'month')", HOUR.minusSeconds(86_400));
        stripe.holds("tokens", "cus_new", HOUR, "8");

        Reconciled result = run();

        assertThat(result.isInOrder()).isTrue();
        assertThat(result.windows()).isEqualTo(1);
    }

    @Test
    void refusedReportThatALaterTotalReplacedIsNotToBeResolved() throws SQLException {
        books.total("tokens", "acme", HOUR, "12");
        books.report("tokens", "acme", HOUR, 1, "usage-record-set", "10", "10", "rejected");
        books.execute("UPDATE stripe_report SET attempts = 2");
        books.accepted("tokens", "acme", HOUR, 2, "usage-record-set", "12", "12");

        assertThatThrownBy(() -> reconciliation.resolve(identifier(), true))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("was overtaken by " + BooksDatabase.identifier("tokens", "acme", HOUR, 2));
        assertThat(books.rows("SELECT state FROM stripe_report ORDER BY sequence"))
                .containsExactly("rejected", "accepted");
    }

    private void ambiguous() throws SQLException {
        books.total("tokens", "acme", HOUR, "5");
        books.report("tokens", "acme", HOUR, 1, "delta", "5", "5", "ambiguous");
        books.execute(
                "INSERT INTO report_due (metric, customer_id, period_start, queued, waiting_for)"
                        + " VALUES ('tokens', 'acme', ?, true, 'ambiguous')",
                HOUR);
    }

    private static String identifier() {
        return BooksDatabase.identifier("tokens", "acme", HOUR, 1);
    }

    private void told(String metric, String customer, String amount) throws SQLException {
        lost(metric, customer, amount);
        stripe.holds(metric, "cus_" + customer, HOUR, amount);
    }

    private void lost(String metric, String customer, String amount) throws SQLException {
        books.total(metric, customer, HOUR, amount);
        books.accepted(metric, customer, HOUR, 1, "delta", amount, amount);
    }

    private Reconciled run() throws SQLException {
        return run(Scope.ALL);
    }

    private Reconciled run(Scope scope) throws SQLException {
        return reconciliation.run(scope, Reconciliation.Repairs.NONE, 50, (done, all) -> {});
    }
}
