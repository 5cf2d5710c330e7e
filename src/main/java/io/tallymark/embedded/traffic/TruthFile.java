package io.tallymark.embedded.traffic;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tallymark.usage.BillingHour;
import io.tallymark.usage.Fingerprint;
import io.tallymark.usage.RejectReason;
import io.tallymark.usage.UserError;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A truth as JSON lines: the counts first, then one line a row, in order. */
public final class TruthFile {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int HEX = 16;

    private TruthFile() {}

    /**
     * Writes the file, over an older one.
     *
     * @throws UserError when it cannot be written
     */
    public static void write(Path file, Truth truth) {
        List<String> lines = new ArrayList<>();
        lines.add(line(truth.counts()));
        truth.rows().forEach(row -> lines.add(line(row)));
        try {
            Files.write(file, lines);
        } catch (IOException e) {
            throw new UserError("cannot write the truth to " + file, "name a writable file with --truth", e);
        }
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws UserError when it cannot be read
     */
    public static Truth read(Path file) {
        try {
            List<String> lines = Files.readAllLines(file);
            List<TruthRow> rows = new ArrayList<>();
            for (String line : lines.subList(Math.min(1, lines.size()), lines.size())) {
                rows.add(row(JSON.readTree(line)));
            }
            return new Truth(counts(JSON.readTree(lines.isEmpty() ? "" : lines.get(0))), rows);
        } catch (IOException | RuntimeException e) {
            throw new UserError("cannot read a truth from " + file, "name a file that produce --truth wrote", e);
        }
    }

    private static String line(OutcomeCounts counts) {
        ObjectNode line = JSON.createObjectNode()
                .put("read", counts.read())
                .put("counted", counts.counted())
                .put("withdrawn", counts.withdrawn())
                .put("duplicates", counts.duplicates())
                .put("conflicts", counts.conflicts())
                .put("void_waiting", counts.voidWaiting())
                .put("ignored", counts.ignored());
        ObjectNode reasons = line.putObject("dead_lettered");
        new TreeMap<>(counts.deadLettered()).forEach((reason, count) -> reasons.put(reason.name(), count));
        return text(line);
    }

    private static String line(TruthRow row) {
        return text(JSON.createObjectNode()
                .put("metric", row.metric())
                .put("customer_id", row.customerId())
                .put("dimensions", row.dimensions())
                .put("period_start", row.hour().toString())
                .put("quantity", row.quantity().toPlainString())
                .put("event_count", row.eventCount())
                .put("digest", row.digest().toString())
                .put("withdrawn_count", row.withdrawnCount()));
    }

    private static OutcomeCounts counts(JsonNode line) {
        Map<RejectReason, Long> reasons = new EnumMap<>(RejectReason.class);
        line.path("dead_lettered")
                .properties()
                .forEach(reason -> reasons.put(
                        RejectReason.valueOf(reason.getKey()), reason.getValue().longValue()));
        return new OutcomeCounts(
                line.required("read").longValue(),
                line.required("counted").longValue(),
                line.required("withdrawn").longValue(),
                line.required("duplicates").longValue(),
                line.required("conflicts").longValue(),
                line.required("void_waiting").longValue(),
                line.required("ignored").longValue(),
                reasons);
    }

    private static TruthRow row(JsonNode line) {
        String digest = line.required("digest").textValue();
        return new TruthRow(
                line.required("metric").textValue(),
                line.required("customer_id").textValue(),
                line.required("dimensions").textValue(),
                BillingHour.containing(
                        Instant.parse(line.required("period_start").textValue())),
                new BigDecimal(line.required("quantity").textValue()),
                line.required("event_count").longValue(),
                new Fingerprint(
                        Long.parseUnsignedLong(digest.substring(0, HEX), HEX),
                        Long.parseUnsignedLong(digest.substring(HEX), HEX)),
                line.required("withdrawn_count").longValue());
    }

    private static String text(ObjectNode line) {
        try {
            return JSON.writeValueAsString(line);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of plain values can always be written", e);
        }
    }
}
