package io.tallymark.aggregate;

import io.tallymark.usage.Contribution;
import io.tallymark.usage.Fingerprint;
import io.tallymark.usage.UsageKey;
import java.math.BigDecimal;

/** A {@link Subtotal} while contributions are added to it. */
final class GrowingSubtotal {
    private final UsageKey key;
    private final long timeMillis;
    private BigDecimal quantity = BigDecimal.ZERO;
    private long counted;
    private long withdrawn;
    private Fingerprint digest = Fingerprint.ZERO;

    GrowingSubtotal(Contribution first) {
        key = first.key();
        timeMillis = first.timeMillis();
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
