package io.tallymark.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tallymark.deadletter.DeadLetter;
import io.tallymark.usage.Origin;
import io.tallymark.usage.PrintableText;
import io.tallymark.usage.RejectReason;
import java.time.Instant;
import java.util.Comparator;

/**
 * What a list shows of a letter: all of it but the record, so that a long list needs little memory.
 *
 * @param size of the record in bytes, with a note when the letter does not hold it
 */
record LetterLine(
        Origin position,
        long appendTimeMillis,
        RejectReason reason,
        String detail,
        Origin origin,
        String size,
        String redrivenFrom)
        implements Comparable<LetterLine> {
    // Everything but ASCII is escaped, since JSON lets control characters of other blocks pass.
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
    private static final Comparator<LetterLine> OLDEST_FIRST = Comparator.comparingLong(LetterLine::appendTimeMillis)
            .thenComparing(line -> line.position().partition())
            .thenComparing(line -> line.position().offset());

    static LetterLine of(DeadLetter letter) {
        return new LetterLine(
                letter.position(),
                letter.appendTimeMillis(),
                letter.reason(),
                letter.detail(),
                letter.origin(),
                letter.bytesAtOrigin()
                        ? letter.omittedBytes() + " at origin"
                        : Long.toString(letter.content().bytes()),
                letter.redrivenFrom().orElse(""));
    }

    static String position(Origin letter) {
        return letter.partition() + "@" + letter.offset();
    }

    String text() {
        String redriven = redrivenFrom.isEmpty() ? "" : "  redriven from " + PrintableText.of(redrivenFrom);
        return "%-10s %-24s %-18s %-26s %s bytes  %s%s"
                .formatted(
                        position(position),
                        Instant.ofEpochMilli(appendTimeMillis),
                        reason,
                        PrintableText.of(origin.toString()),
                        PrintableText.of(size),
                        PrintableText.of(detail),
                        redriven);
    }

    String json() {
        ObjectNode json = JSON.createObjectNode()
                .put("partition", position.partition())
                .put("offset", position.offset())
                .put("append_time", Instant.ofEpochMilli(appendTimeMillis).toString())
                .put("reason", reason.name())
                .put("detail", detail)
                .put("origin", origin.toString())
                .put("bytes", size);
        if (!redrivenFrom.isEmpty()) {
            json.put("redriven_from", redrivenFrom);
        }
        try {
            return JSON.writeValueAsString(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of texts and numbers is always JSON", e);
        }
    }

    @Override
    public int compareTo(LetterLine other) {
        return OLDEST_FIRST.compare(this, other);
    }
}
