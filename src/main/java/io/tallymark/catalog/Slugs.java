package io.tallymark.catalog;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** Makes names out of titles, each another one. */
final class Slugs {
    private final Set<String> taken = new HashSet<>();

    void take(String name) {
        taken.add(name);
    }

    boolean isTaken(String name) {
        return taken.contains(name);
    }

    String propose(String title) {
        String slug =
                title.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "_").replaceAll("^_+|_+$", "");
        String base = slug.isEmpty() ? "unnamed" : slug.substring(0, Math.min(80, slug.length()));
        String name = base;
        for (int number = 2; !taken.add(name); number++) {
            name = base + "_" + number;
        }
        return name;
    }
}
