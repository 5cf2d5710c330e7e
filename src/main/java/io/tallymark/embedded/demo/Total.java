package io.tallymark.embedded.demo;

import io.tallymark.usage.Fingerprint;
import java.math.BigDecimal;

/** A total as truth or table states it; quantities are stripped, so equal numbers are equal. */
record Total(BigDecimal quantity, long eventCount, String digest, boolean closed) {
    Total {
        quantity = quantity.stripTrailingZeros();
    }

    static Total ofTruth(BigDecimal quantity, long eventCount, Fingerprint digest) {
        return new Total(quantity, eventCount, digest.toString(), true);
    }

    @Override
    public String toString() {
        return quantity.toPlainString() + " from " + eventCount + " events" + (closed ? "" : ", still open")
                + " (digest " + digest + ")";
    }
}
