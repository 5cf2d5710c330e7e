package io.tallymark.rating;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rules that tiers of both modes keep. */
final class Tiers {
    private Tiers() {}

    /**
     * Refuses gaps, overlaps and a missing end.
     *
     * @throws IllegalArgumentException naming the tier
     */
    static List<Tier> checked(List<Tier> tiers) {
        if (tiers.isEmpty()) {
            throw new IllegalArgumentException("there is no tier");
        }
        long before = 0;
        for (int i = 0; i < tiers.size(); i++) {
            @Nullable Long upTo = tiers.get(i).upTo();
            boolean last = i == tiers.size() - 1;
            if (last != (upTo == null)) {
                throw new IllegalArgumentException(
                        last
                                ? "tier " + (i + 1) + " is the last and ends at " + upTo + ": must be without an end"
                                : "tier " + (i + 1) + " has no end, and is not the last");
            }
            if (upTo != null && upTo <= before) {
                throw new IllegalArgumentException(
                        "tier " + (i + 1) + " ends at " + upTo + ", not above " + before + " where it begins");
            }
            before = upTo == null ? before : upTo;
        }
        return List.copyOf(tiers);
    }
}
