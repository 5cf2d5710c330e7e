package io.tallymark.ingest;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The names of a JSON object that lead to values somebody asks for, each with the names beneath it. Not for several threads. */
final class PathTree {
    private static final int UNWANTED = -1;
    /** Each event has its own. */
    private static final Set<String> UNREPEATED = Set.of("id", "time");

    private final long[] name;
    private final int nameBytes;
    private final int nameHash;
    private PathTree[] children = {};
    private int expected;
    private int slot = UNWANTED;
    private boolean isRepeated;

    private PathTree(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        this.name = ByteWords.words(bytes, 0, bytes.length);
        this.nameBytes = bytes.length;
        this.nameHash = ByteWords.hash(bytes, 0, bytes.length);
    }

    static PathTree root() {
        return new PathTree("");
    }

    /**
     * Asks for the value at a path.
     *
     * @param newSlot where it goes
     */
    void want(List<String> path, int newSlot) {
        PathTree node = this;
        for (String step : path) {
            node = node.childOrNew(step);
        }
        node.slot = newSlot;
        node.isRepeated = !UNREPEATED.contains(String.join(".", path));
    }

    private PathTree childOrNew(String step) {
        byte[] bytes = step.getBytes(StandardCharsets.UTF_8);
        PathTree known = child(bytes, 0, bytes.length, ByteWords.hash(bytes, 0, bytes.length));
        if (known != null) {
            return known;
        }
        PathTree added = new PathTree(step);
        children = Arrays.copyOf(children, children.length + 1);
        children[children.length - 1] = added;
        return added;
    }

    /**
     * Beneath the name that stands in these bytes; null: nobody asks for it.
     *
     * @param hash of the name, as {@link ByteWords} has it
     */
    @Nullable
    PathTree child(byte[] json, int from, int to, int hash) {
        // Events of one kind have their names in one order: begin behind the name before.
        int next = expected;
        for (int i = 0; i < children.length; i++) {
            PathTree child = children[next];
            next = next + 1 == children.length ? 0 : next + 1;
            if (child.nameHash == hash && ByteWords.equal(child.name, child.nameBytes, json, from, to)) {
                expected = next;
                return child;
            }
        }
        return null;
    }

    /** Whether the value is seldom one of its own: anything but an event's id and time. */
    boolean isRepeated() {
        return isRepeated;
    }

    /** Whether the value itself is asked for, not only what is in it. */
    boolean isWanted() {
        return slot != UNWANTED;
    }

    int slot() {
        return slot;
    }
}
