package io.tallymark.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads an ordinary structured event from its bytes in one pass, without a tree: only the values that the meters ask for become objects.
 *
 * <p>It takes strictly valid JSON and gives up at anything unusual: an escape, a name twice, a value beyond a bound, text where data
 * should be. Such a record is read by {@link BoundedJson}, which decides what is wrong with it, if anything is; so what this accepts has
 * to mean the same there, and nothing else has to be shown of it. Not for several threads.
 */
final class EventScanner {
    /** Live names of all objects around a value; an event with more is read as a tree. */
    private static final int MOST_NAMES = 128;

    private static final int END = -1;
    private static final byte[] TRUE = {'t', 'r', 'u', 'e'};
    private static final byte[] FALSE = {'f', 'a', 'l', 's', 'e'};
    private static final byte[] NULL = {'n', 'u', 'l', 'l'};

    private final InputBounds bounds;
    private final PathTree root = PathTree.root();
    private final PathTree data;
    private final Map<String, Integer> slotByPath = new HashMap<>();
    private final TextCache texts = new TextCache();
    private final int[] nameHashes = new int[MOST_NAMES];

    private byte[] json = {};
    private JsonNode[] found = {};
    private int at;
    private int names;
    private int values;
    private boolean isAscii;

    /** @param paths that may be asked for, as in {@link CloudEvent#at} */
    EventScanner(Iterable<String> paths, InputBounds bounds) {
        this.bounds = bounds;
        for (String path : paths) {
            int slot = slotByPath.size();
            if (slotByPath.putIfAbsent(path, slot) == null) {
                root.want(steps(path), slot);
            }
        }
        this.data = data();
    }

    private static List<String> steps(String path) {
        return path.startsWith(CloudEvent.DATA_PREFIX) ? List.of(path.split("\\.", -1)) : List.of(path);
    }

    private PathTree data() {
        byte[] name = CloudEvent.DATA.getBytes(StandardCharsets.UTF_8);
        PathTree known = root.child(name, 0, name.length, ByteWords.hash(name, 0, name.length));
        if (known != null) {
            return known;
        }
        // Nobody asks for anything in it, but what it is has to be looked at.
        root.want(List.of(CloudEvent.DATA, ""), slotByPath.size());
        slotByPath.put(CloudEvent.DATA_PREFIX, slotByPath.size());
        return data();
    }

    /** The event; empty when the bytes are unusual. */
    Optional<CloudEvent> scan(byte[] record) {
        json = record;
        found = new JsonNode[slotByPath.size()];
        at = 0;
        names = 0;
        values = 1;
        isAscii = true;
        boolean usual = next() == '{' && isOpen(root, 0) && object(root, 1) && next() == END;
        return usual && (isAscii || Utf8.isSound(record))
                ? Optional.of(new ScannedEvent(slotByPath, found))
                : Optional.empty();
    }

    /** The next byte that is no white space, and stays there. */
    private int next() {
        while (at < json.length) {
            byte b = json[at];
            if (b > ' ') {
                return b;
            }
            if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
                return 0;
            }
            at++;
        }
        return END;
    }

    private boolean value(@Nullable PathTree path, int depth) {
        if (++values > bounds.maxValues()) {
            return false;
        }
        int first = next();
        return switch (first) {
            case '{' -> isOpen(path, depth) && object(path, depth + 1);
            case '[' -> isOpen(path, depth) && path != data && list(depth + 1);
            case 'n' -> literal(NULL);
            default -> path != data && scalar(first, path);
        };
    }

    private boolean scalar(int first, @Nullable PathTree path) {
        return switch (first) {
            case '"' -> string(path);
            case 't' -> literal(TRUE) && found(path, BooleanNode.TRUE);
            case 'f' -> literal(FALSE) && found(path, BooleanNode.FALSE);
            default -> number(path);
        };
    }

    /** Whether an object or list may begin here: one that is asked for as a value is an error for the tree to tell. */
    private boolean isOpen(@Nullable PathTree path, int depth) {
        at++;
        return depth < bounds.maxNesting() && (path == null || !path.isWanted());
    }

    private boolean object(@Nullable PathTree path, int depth) {
        int firstName = names;
        if (next() == '}') {
            at++;
            return true;
        }
        while (next() == '"') {
            int from = at + 1;
            if (!name(firstName)) {
                return false;
            }
            PathTree child = path == null ? null : path.child(json, from, at - 1, nameHashes[names - 1]);
            if (next() != ':') {
                return false;
            }
            at++;
            if (!value(child, depth)) {
                return false;
            }
            int separator = next();
            at++;
            if (separator == '}') {
                names = firstName;
                return true;
            }
            if (separator != ',') {
                return false;
            }
        }
        return false;
    }

    private boolean list(int depth) {
        if (next() == ']') {
            at++;
            return true;
        }
        while (value(null, depth)) {
            int separator = next();
            at++;
            if (separator == ']') {
                return true;
            }
            if (separator != ',') {
                return false;
            }
        }
        return false;
    }

    /** A name that the object does not have yet: two with the same hash are for the tree to compare. */
    private boolean name(int firstName) {
        int from = ++at;
        if (!text()) {
            return false;
        }
        int hash = ByteWords.hash(json, from, at - 1);
        for (int i = firstName; i < names; i++) {
            if (nameHashes[i] == hash) {
                return false;
            }
        }
        if (names == MOST_NAMES || at - 1 - from > bounds.maxNameChars()) {
            return false;
        }
        nameHashes[names++] = hash;
        return true;
    }

    private boolean string(@Nullable PathTree path) {
        int from = ++at;
        if (!text()) {
            return false;
        }
        int bytes = at - 1 - from;
        // No fewer than its characters.
        if (bytes > bounds.maxStringChars()) {
            return false;
        }
        if (path == null || !path.isWanted()) {
            return true;
        }
        return found(
                path,
                path.isRepeated() ? texts.text(json, from, at - 1, charset()) : TextNode.valueOf(written(from, bytes)));
    }

    private String written(int from, int bytes) {
        return new String(json, from, bytes, charset());
    }

    private Charset charset() {
        return isAscii ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8;
    }

    /** Goes behind the quote that ends a text without escapes. */
    private boolean text() {
        int i = ByteWords.endOfPlain(json, at);
        while (i < json.length) {
            byte b = json[i++];
            if (b == '"') {
                at = i;
                return true;
            }
            if (b == '\\' || (b >= 0 && b < ' ')) {
                return false;
            }
            isAscii &= b >= 0;
        }
        return false;
    }

    private boolean literal(byte[] word) {
        if (json.length - at < word.length) {
            return false;
        }
        for (byte letter : word) {
            if (json[at++] != letter) {
                return false;
            }
        }
        return true;
    }

    private boolean number(@Nullable PathTree path) {
        int from = at;
        if (byteAt() == '-') {
            at++;
        }
        boolean whole = byteAt() == '0' ? ++at > 0 : digits();
        if (!whole || !fraction() || !exponent() || at - from > bounds.maxNumberChars()) {
            return false;
        }
        return path == null || !path.isWanted() || found(path, new WrittenNumber(written(from, at - from)));
    }

    private boolean fraction() {
        if (byteAt() != '.') {
            return true;
        }
        at++;
        return digits();
    }

    private boolean exponent() {
        int letter = byteAt();
        if (letter != 'e' && letter != 'E') {
            return true;
        }
        at++;
        if (byteAt() == '+' || byteAt() == '-') {
            at++;
        }
        return digits();
    }

    private boolean digits() {
        int from = at;
        while (byteAt() >= '0' && byteAt() <= '9') {
            at++;
        }
        return at > from;
    }

    private int byteAt() {
        return at < json.length ? json[at] : END;
    }

    private boolean found(@Nullable PathTree path, JsonNode value) {
        if (path != null && path.isWanted()) {
            found[path.slot()] = value;
        }
        return true;
    }

    /** The attributes that every event is asked for, and the paths of some meters. */
    static List<String> paths(Iterable<MeterReader> meters) {
        List<String> paths = new ArrayList<>(CloudEvent.ATTRIBUTES);
        meters.forEach(meter -> paths.addAll(meter.paths()));
        return paths;
    }
}
