package io.tallymark.cli;

import io.tallymark.deadletter.DeadLetter;
import io.tallymark.deadletter.LetterContent;
import io.tallymark.usage.PrintableText;
import io.tallymark.usage.RecordHeader;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Prints a letter in full. Nothing that is in it can drive the terminal, or pass for a line of ours. */
final class LetterText {
    private static final int HEX_BYTES_A_LINE = 32;
    private static final String MARGIN = "  | ";

    private final PrintWriter out;

    LetterText(PrintWriter out) {
        this.out = out;
    }

    /**
     * Prints it.
     *
     * @param content the rejected record; empty when it is gone
     */
    void print(DeadLetter letter, Optional<LetterContent> content) {
        out.println("letter       " + LetterLine.position(letter.position()));
        out.println("reason       " + letter.reason());
        out.println("detail       " + PrintableText.of(letter.detail()));
        out.println("origin       " + PrintableText.of(letter.origin().toString()));
        out.println("append time  " + Instant.ofEpochMilli(letter.appendTimeMillis()));
        letter.redrivenFrom().ifPresent(from -> out.println("redriven     from letter " + PrintableText.of(from)));
        if (letter.bytesAtOrigin()) {
            out.println("record       not in the letter (bytes: " + PrintableText.of(letter.omittedBytes()) + "); "
                    + (content.isPresent() ? "read from its origin" : "and gone from its origin"));
        }
        content.ifPresent(this::print);
        out.println();
    }

    private void print(LetterContent content) {
        for (RecordHeader header : content.headers()) {
            out.println("header       " + PrintableText.of(header.name()) + ": " + oneLine(header.value()));
        }
        out.println("key          " + oneLine(content.key()));
        byte[] value = content.value();
        if (value == null) {
            out.println("value        none (a tombstone)");
            return;
        }
        Optional<String> text = text(value);
        out.println("value        " + value.length + " bytes, " + (text.isPresent() ? "text" : "not UTF-8, as hex"));
        text.ifPresentOrElse(this::printText, () -> printHex(value));
    }

    private void printText(String text) {
        for (String line : text.split("\n", -1)) {
            out.println(MARGIN + PrintableText.of(line));
        }
    }

    private void printHex(byte[] value) {
        for (int from = 0; from < value.length; from += HEX_BYTES_A_LINE) {
            out.println(
                    MARGIN + HexFormat.of().formatHex(value, from, Math.min(value.length, from + HEX_BYTES_A_LINE)));
        }
    }

    private static String oneLine(byte @Nullable [] bytes) {
        if (bytes == null) {
            return "none";
        }
        return text(bytes)
                .map(PrintableText::of)
                .orElseGet(() -> "hex " + HexFormat.of().formatHex(bytes));
    }

    private static Optional<String> text(byte[] bytes) {
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
