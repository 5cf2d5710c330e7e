package io.tallymark.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the known word that a mistyped one was probably meant to be. */
public final class Suggestion {
    private static final int MAX_DISTANCE = 4;

    private Suggestion() {}

    /** The end of a message about an unknown word; empty when no known one is close enough. */
    public static String hint(String word, Collection<String> known) {
        return forWord(word, known)
                .map(meant -> "; did you mean " + meant + "?")
                .orElse("");
    }

    /** The closest known word, if any is close enough. */
    public static Optional<String> forWord(String word, Collection<String> known) {
        return known.stream()
                .filter(candidate -> closeness(word, candidate) <= Math.min(MAX_DISTANCE, 1 + word.length() / 2))
                .min(Comparator.comparingInt((String candidate) -> closeness(word, candidate))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** Underscore for hyphen, or a beginning, counts as one slip; otherwise the edit distance. */
    private static int closeness(String word, String candidate) {
        if (word.replace('_', '-').equalsIgnoreCase(candidate) || candidate.startsWith(word + "-")) {
            return 1;
        }
        return editDistance(word, candidate);
    }

    /** Levenshtein's distance, one row at a time. */
    private static int editDistance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substitution = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substitution, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
