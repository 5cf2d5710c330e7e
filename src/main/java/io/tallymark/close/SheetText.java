package io.tallymark.close;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import io.tallymark.audit.status.TextTable;
import io.tallymark.rating.MinorUnit;
import io.tallymark.usage.PrintableText;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The month-end sheet as text, CSV and JSON: the same columns in each. */
public final class SheetText {
    private static final int TEXT_COLUMNS = 6;

    private SheetText() {}

    /** A table, and a verdict as the last line. */
    public static String print(List<SheetRow> rows) {
        List<String> lines = new ArrayList<>();
        TextTable table = new TextTable(
                TEXT_COLUMNS,
                "customer",
                "invoice",
                "period",
                "state",
                "closed",
                "metric",
                "table",
                "ledger",
                "stripe",
                "carried",
                "unsold",
                "invoice",
                "amount");
        rows.forEach(row -> table.row(List.of(
                PrintableText.of(row.customer()),
                row.invoiceId(),
                row.start() + " to " + row.end(),
                row.state() + (row.agrees() ? "" : " !"),
                row.closedAt() == null ? "" : row.closedAt() + " by " + row.closedBy(),
                row.metric().isEmpty() ? "(fees)" : row.metric(),
                text(row.table()),
                text(row.ledger()),
                text(row.stripe()),
                row.carried().signum() == 0 ? "" : text(row.carried()),
                row.unsold().signum() == 0 ? "" : text(row.unsold()),
                text(row.invoice()),
                MinorUnit.inWords(row.amount(), row.currency()))));
        lines.addAll(table.lines());
        long open = rows.stream().filter(row -> !row.state().equals("closed")).count();
        long apart = rows.stream().filter(row -> !row.agrees()).count();
        lines.add("sheet: rows=" + rows.size() + " open=" + open + " different=" + apart);
        return String.join("\n", lines);
    }

    /** RFC 4180 with a header; amounts in the minor unit. */
    public static String csv(List<SheetRow> rows) {
        CsvSchema.Builder columns = CsvSchema.builder();
        cells(EMPTY).keySet().forEach(columns::addColumn);
        try {
            return new CsvMapper()
                    .writer(columns.build().withHeader())
                    .writeValueAsString(rows.stream().map(SheetText::cells).toList())
                    .stripTrailing();
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One object; numbers are exact decimals in quotes. */
    public static String json(List<SheetRow> rows) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode list = json.putArray("rows");
        for (SheetRow row : rows) {
            ObjectNode entry = list.addObject();
            cells(row).forEach(entry::put);
            entry.put("agrees", row.agrees());
        }
        return json.toString();
    }

    private static final SheetRow EMPTY = new SheetRow(
            "",
            "",
            "",
            Instant.EPOCH,
            Instant.EPOCH,
            "",
            null,
            null,
            null,
            BigDecimal.ZERO,
            BigDecimal.ZERO,
            null,
            BigDecimal.ZERO,
            "",
            "",
            null,
            null,
            "");

    private static Map<String, String> cells(SheetRow row) {
        Map<String, String> cells = new LinkedHashMap<>();
        cells.put("customer", row.customer());
        cells.put("invoice_id", row.invoiceId());
        cells.put("invoice_status", row.status());
        cells.put("state", row.state());
        cells.put("closed_at", row.closedAt() == null ? "" : row.closedAt().toString());
        cells.put("closed_by", row.closedBy() == null ? "" : row.closedBy());
        cells.put("period_start", row.start().toString());
        cells.put("period_end", row.end().toString());
        cells.put("metric", row.metric());
        cells.put("table_quantity", text(row.table()));
        cells.put("ledger_quantity", text(row.ledger()));
        cells.put("stripe_quantity", text(row.stripe()));
        cells.put("carried_quantity", text(row.carried()));
        cells.put("unsold_quantity", text(row.unsold()));
        cells.put("invoice_quantity", text(row.invoice()));
        cells.put("amount", text(row.amount()));
        cells.put("currency", row.currency());
        cells.put("reasons", row.reasons());
        return cells;
    }

    private static String text(@Nullable BigDecimal number) {
        return number == null
                ? ""
                : number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
    }
}
