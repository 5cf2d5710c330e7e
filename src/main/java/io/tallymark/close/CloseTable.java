package io.tallymark.close;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.tallymark.database.Database;
import io.tallymark.database.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Statements on {@code billing_close}: what was decided about each invoice. */
final class CloseTable {
    private static final String CHECKED = """
            INSERT INTO billing_close AS close (invoice_id, customer_id, period_start, period_end, state, reasons, checked_at)
            VALUES (?, ?, ?, ?, 'open', ?::jsonb, report_now())
            ON CONFLICT (invoice_id) DO UPDATE SET
                customer_id = EXCLUDED.customer_id, period_start = EXCLUDED.period_start, period_end = EXCLUDED.period_end,
                reasons = EXCLUDED.reasons, checked_at = EXCLUDED.checked_at,
                state = CASE WHEN close.state = 'closing' AND EXCLUDED.reasons <> '[]' THEN 'open' ELSE close.state END
            WHERE close.state <> 'closed'
            """;

    private static final String HELD =
            "UPDATE billing_close SET held_since = coalesce(held_since, report_now()) WHERE invoice_id = ?";

    private static final String CLOSING = """
            UPDATE billing_close SET state = 'closing', closing_at = report_now(), closed_by = ?
            WHERE invoice_id = ? AND state <> 'closed'
            """;

    private static final String CLOSED = """
            UPDATE billing_close SET state = 'closed', closed_at = report_now(), held_since = NULL, closed_by = coalesce(closed_by, ?)
            WHERE invoice_id = ? AND state <> 'closed'
            """;

    private static final String ALARMED =
            "UPDATE billing_close SET alarmed_at = coalesce(alarmed_at, report_now()) WHERE invoice_id = ?";

    private static final String FIND =
            "SELECT state, held_since, alarmed_at, closing_at, closed_at, closed_by, reasons FROM billing_close WHERE invoice_id = ?";

    private CloseTable() {}

    /** How far an invoice is. */
    enum State {
        OPEN,
        CLOSING,
        CLOSED
    }

    /**
     * What is written of an invoice.
     *
     * @param heldSince null: Tallymark does not hold it
     * @param alarmedAt null: no deadline has passed
     * @param closedBy who let it go; null: nobody yet
     * @param reasons as JSON
     */
    record Entry(
            State state,
            @Nullable Instant heldSince,
            @Nullable Instant alarmedAt,
            @Nullable Instant closingAt,
            @Nullable Instant closedAt,
            @Nullable String closedBy,
            String reasons) {}

    /** Writes down what was found; a closed invoice stays as it is. */
    static void checked(Connection connection, ClosingInvoice invoice, List<Reason> reasons) throws SQLException {
        Sql.update(
                connection,
                CHECKED,
                invoice.id(),
                invoice.customerId().orElse(""),
                invoice.start(),
                invoice.end(),
                json(reasons).toString());
    }

    /** As {@link #checked}, in a transaction of its own. */
    static void record(Database database, ClosingInvoice invoice, List<Reason> reasons) throws SQLException {
        database.inTransaction(connection -> {
            checked(connection, invoice, reasons);
            return true;
        });
    }

    static void held(Connection connection, String invoiceId) throws SQLException {
        Sql.update(connection, HELD, invoiceId);
    }

    static void closing(Connection connection, String invoiceId, String who) throws SQLException {
        Sql.update(connection, CLOSING, who, invoiceId);
    }

    static void closed(Connection connection, String invoiceId, String who) throws SQLException {
        Sql.update(connection, CLOSED, who, invoiceId);
    }

    static void alarmed(Connection connection, String invoiceId) throws SQLException {
        Sql.update(connection, ALARMED, invoiceId);
    }

    static Optional<Entry> find(Connection connection, String invoiceId) throws SQLException {
        return Sql.first(connection, CloseTable::entry, FIND, invoiceId);
    }

    private static Entry entry(ResultSet row) throws SQLException {
        return new Entry(
                State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                Sql.instantOrNull(row, "held_since"),
                Sql.instantOrNull(row, "alarmed_at"),
                Sql.instantOrNull(row, "closing_at"),
                Sql.instantOrNull(row, "closed_at"),
                row.getString("closed_by"),
                row.getString("reasons"));
    }

    private static ArrayNode json(List<Reason> reasons) {
        ArrayNode json = JsonNodeFactory.instance.arrayNode();
        for (Reason reason : reasons) {
            json.addObject()
                    .put("reason", reason.kind().word())
                    .put("metric", reason.metric())
                    .put("detail", reason.detail());
        }
        return json;
    }
}
