package io.tallymark.aggregate;

import io.tallymark.usage.Contribution;
import io.tallymark.usage.Fingerprint;
import io.tallymark.usage.UsageKey;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** A {@link Subtotal} while contributions are added to it; those of one key's hours are linked. */
final class GrowingSubtotal {
    private final UsageKey key;
    private final long timeMillis;
    private final long epochHour;
    private final @Nullable GrowingSubtotal next;
    private BigDecimal quantity = BigDecimal.ZERO;
    private long counted;
    private long withdrawn;
    private Fingerprint digest = Fingerprint.ZERO;

    /** @param next one of the same key and another hour, and what it knows */
    GrowingSubtotal(Contribution first, long epochHour, @Nullable GrowingSubtotal next) {
        this.key = first.key();
        this.timeMillis = first.timeMillis();
        this.epochHour = epochHour;
        this.next = next;
    }

    @Nullable
    GrowingSubtotal next() {
        return next;
    }

    /** The one of an hour, from here on; null when there is none. */
    @Nullable
    GrowingSubtotal of(long hour) {
        GrowingSubtotal each = this;
        while (each != null && each.epochHour != hour) {
            each = each.next;
        }
        return each;
    }

    void add(Contribution contribution) {
        if (contribution.withdrawn()) {
            quantity = quantity.subtract(contribution.quantity());
            digest = digest.minus(contribution.fingerprint());
            withdrawn++;
        } else {
            quantity = quantity.add(contribution.quantity());
            digest = digest.plus(contribution.fingerprint());
            counted++;
        }
    }

    Subtotal subtotal() {
        return new Subtotal(key, timeMillis, quantity, counted, withdrawn, digest.high(), digest.low());
    }
}
