package io.tallymark.close;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The month's end: many drafts at once, looked at by the monitor and by the webhook; none waits for another, and none spoils another. */
class ManyDraftsTest {
    private static final Instant HOUR = Instant.parse("2026-10-25T13:00:00Z");

    private CloseRig rig;

    @BeforeEach
    void open() throws SQLException {
        rig = new CloseRig();
        rig.subscribe("pro");
        rig.subscribe("globex", "pro");
        rig.total("bytes", HOUR, "7");
        rig.total("globex", "bytes", HOUR, "9", true);
        rig.now(CloseRig.BOUNDARY.plusSeconds(150));
        rig.watermark(CloseRig.BOUNDARY);
        rig.sync();
    }

    @AfterEach
    void close() throws SQLException {
        rig.close();
    }

    @Test
    void draftWhoseHoursAreOpenIsHeldWithoutAskingForSummaries() throws SQLException {
        rig.watermark(CloseRig.BOUNDARY.minusSeconds(1));
        long before = summaries();

        assertThat(closeAll()).extracting(Closed::decision).containsOnly(Closed.Decision.HELD);
        assertThat(summaries()).isEqualTo(before);
        assertThat(drafts()).as("held").isEqualTo("f f");
        assertThat(rig.books.rows("SELECT reasons -> 0 ->> 'reason' FROM billing_close"))
                .containsOnly("hours-open");
    }

    @Test
    void draftWithUsageToTellIsHeldWithoutAskingForSummaries() throws SQLException {
        rig.total("bytes", HOUR, "8");
        long before = summaries();

        assertThat(rig.closeInvoice().reasons())
                .first()
                .returns(Reason.Kind.UNREPORTED, Reason::kind)
                .returns("bytes", Reason::metric);
        assertThat(summaries()).isEqualTo(before);
    }

    @Test
    void whatMustBeHeldIsHeldBeforeAnyOtherIsLookedAt() throws SQLException {
        rig.total("globex", "bytes", HOUR.plusSeconds(3600), "1", false);
        rig.books.execute("CREATE TABLE looks (customer_id text, at bigint GENERATED ALWAYS AS IDENTITY)");
        rig.books.execute("GRANT INSERT ON looks TO PUBLIC");
        rig.books.execute("CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS"
                + " 'BEGIN INSERT INTO looks VALUES (NEW.customer_id); RETURN NULL; END'");
        rig.books.execute("CREATE TRIGGER looks AFTER INSERT ON billing_close FOR EACH ROW EXECUTE FUNCTION look()");

        closeAll();

        assertThat(rig.books.rows("SELECT customer_id FROM looks ORDER BY at")).containsExactly("globex", "acme");
        assertThat(rig.books.rows("SELECT customer_id FROM billing_close WHERE state = 'closed'"))
                .containsExactly("acme");
    }

    @Test
    void failedStatementOfOneInvoiceKeepsNoOther() throws SQLException {
        rig.books.execute("CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS"
                + " 'BEGIN RAISE EXCEPTION ''out of order''; END'");
        rig.books.execute("CREATE TRIGGER fails BEFORE INSERT ON billing_seal FOR EACH ROW"
                + " WHEN (NEW.customer_id = 'acme') EXECUTE FUNCTION fail()");

        assertThat(closeAll())
                .extracting(Closed::customerId, Closed::decision)
                .contains(tuple("globex", Closed.Decision.CLOSED), tuple("acme", Closed.Decision.HELD));
        assertThat(
                        rig.books.rows(
                                "SELECT reasons -> 0 ->> 'reason', reasons -> 0 ->> 'detail' FROM billing_close WHERE customer_id = 'acme'"))
                .singleElement()
                .asString()
                .startsWith("failed, ")
                .contains("out of order");

        rig.books.execute("DROP TRIGGER fails ON billing_seal");
        assertThat(rig.closeInvoice().decision()).isEqualTo(Closed.Decision.CLOSED);
    }

    @Test
    void invoiceThatSomebodyElseLooksAtKeepsItsReasons() throws SQLException {
        rig.total("bytes", HOUR, "8");
        closeAll();
        try (Connection other = rig.books.access().connect()) {
            other.setAutoCommit(false);
            other.createStatement()
                    .executeQuery("SELECT pg_advisory_xact_lock(hashtext('tallymark.close'), hashtext(invoice_id))"
                            + " FROM billing_close WHERE customer_id = 'acme'");

            assertThat(rig.closeInvoice().decision()).isEqualTo(Closed.Decision.BUSY);
            other.rollback();
        }
        assertThat(rig.books.rows("SELECT reasons -> 0 ->> 'reason' FROM billing_close WHERE customer_id = 'acme'"))
                .containsExactly("unreported");
    }

    @Test
    void webhookDoesNotWaitForTheMonitor() throws Exception {
        rig.total("globex", "bytes", HOUR.plusSeconds(3600), "1", false);
        rig.closing().closeAll("globex", null, null, (done, all) -> {});
        String globex = rig.books
                .rows("SELECT invoice_id FROM billing_close WHERE customer_id = 'globex'")
                .get(0);
        Closing closing = rig.closing();
        try (Connection lane = rig.books.access().connect()) {
            lane.setAutoCommit(false);
            lane.createStatement().execute("INSERT INTO report_lane (metric, customer_id) VALUES ('bytes', 'acme')");
            CompletableFuture<Boolean> monitor = CompletableFuture.supplyAsync(() -> isClosed(closing));
            rig.awaitBlocked();

            assertThat(closing.close(globex).decision()).isEqualTo(Closed.Decision.HELD);
            assertThat(monitor.isDone())
                    .as("the monitor still waits for the lane")
                    .isFalse();

            lane.rollback();
            assertThat(monitor.get(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static boolean isClosed(Closing closing) {
        try {
            return closing.closeAll("acme", null, null, (done, all) -> {}).stream()
                    .allMatch(closed -> closed.decision() == Closed.Decision.CLOSED);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private List<Closed> closeAll() throws SQLException {
        return rig.closing().closeAll(null, null, null, (done, all) -> {});
    }

    private long summaries() {
        return rig.simulator.requests().stream()
                .filter(request -> request.path().endsWith("/event_summaries"))
                .count();
    }

    private String drafts() throws SQLException {
        return String.join(" ", rig.books.rows("SELECT auto_advance FROM billing_invoice WHERE status = 'draft'"));
    }
}
