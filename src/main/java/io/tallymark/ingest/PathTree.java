package io.tallymark.ingest;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The names of a JSON object that lead to values somebody asks for, each with the names beneath it. */
final class PathTree {
    private static final int UNWANTED = -1;
    /** Each event has its own. */
    private static final Set<String> UNREPEATED = Set.of("id", "time");

    private final long[] name;
    private final int nameBytes;
    private final int nameHash;
    private final List<PathTree> children = new ArrayList<>();
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
        children.add(added);
        return added;
    }

    /**
     * Beneath the name that stands in these bytes; null: nobody asks for it.
     *
     * @param hash of the name, as {@link ByteWords} has it
     */
    @Nullable
    PathTree child(byte[] json, int from, int to, int hash) {
        for (int i = 0; i < children.size(); i++) {
            PathTree child = children.get(i);
            if (child.nameHash == hash && ByteWords.equal(child.name, child.nameBytes, json, from, to)) {
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
