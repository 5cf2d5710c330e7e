package io.tallymark.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Collects in words what is not equal; bounded, since one lost hour shows in many rows. */
final class Differences {
    private static final int SHOWN = 30;

    private final List<String> found = new ArrayList<>();

    <T> void equal(String what, @Nullable T expected, @Nullable T actual) {
        if (!Objects.equals(expected, actual)) {
            add(what + ": expected " + expected + ", found " + actual);
        }
    }

    <K extends Comparable<K>, T> void equal(String what, Map<K, T> expected, Map<K, T> actual) {
        Set<K> keys = new TreeSet<>(expected.keySet());
        keys.addAll(actual.keySet());
        keys.forEach(key -> equal(what + ": " + key, expected.get(key), actual.get(key)));
    }

    void equal(String what, List<String> expected, List<String> actual) {
        Set<String> missing = new TreeSet<>(expected);
        actual.forEach(missing::remove);
        Set<String> surplus = new TreeSet<>(actual);
        expected.forEach(surplus::remove);
        missing.forEach(line -> add(what + ": missing " + line));
        surplus.forEach(line -> add(what + ": instead  " + line));
        equal(what + ": rows", expected.size(), actual.size());
    }

    void none(String what, List<String> lines) {
        lines.forEach(line -> add(what + ": " + line));
    }

    private void add(String line) {
        if (found.size() < SHOWN) {
            found.add(line);
        }
    }

    List<String> found() {
        return List.copyOf(found);
    }
}
