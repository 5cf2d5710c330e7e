package io.tallymark.ingest;

import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;

/**
 * Gives texts that come again and again, such as an event's type or its customer, as one object instead of a new one each time. What it
 * gives is the same with and without it. Not for several threads.
 *
 * <p>Each text has one place, by its hash; there it stays until another one was asked for twice in a row. So texts that come once
 * cost nothing to keep and drive nothing out, and whoever chooses texts that meet in one place only makes them as dear as without it.
 */
final class TextCache {
    /** A power of two. With the longest texts all of it is below 2 MB. */
    static final int PLACES = 4_096;

    static final int LONGEST_BYTES = 64;

    private final @Nullable Entry[] entries = new Entry[PLACES];
    private final int[] missedHashes = new int[PLACES];

    /** The text of some bytes of the record. */
    TextNode text(byte[] json, int from, int to, Charset charset) {
        int length = to - from;
        if (length > LONGEST_BYTES) {
            return read(json, from, length, charset);
        }
        int hash = ByteWords.hash(json, from, to);
        int place = hash & PLACES - 1;
        Entry entry = entries[place];
        if (entry != null && ByteWords.equal(entry.words, entry.bytes, json, from, to)) {
            return entry.text;
        }
        TextNode text = read(json, from, length, charset);
        if (missedHashes[place] == hash) {
            entries[place] = new Entry(ByteWords.words(json, from, to), length, text);
        }
        missedHashes[place] = hash;
        return text;
    }

    private static TextNode read(byte[] json, int from, int length, Charset charset) {
        return TextNode.valueOf(new String(json, from, length, charset));
    }

    private record Entry(long[] words, int bytes, TextNode text) {}
}
