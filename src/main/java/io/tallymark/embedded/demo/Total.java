package io.tallymark.embedded.demo;

import io.tallymark.embedded.traffic.TruthRow;
import java.math.BigDecimal;

/** A total as truth or table states it; quantities are stripped, so equal numbers are equal. */
record Total(BigDecimal quantity, long eventCount, String digest, long withdrawnCount, boolean closed) {
    Total {
        quantity = quantity.stripTrailingZeros();
    }

    static Total ofTruth(TruthRow row) {
        return new Total(row.quantity(), row.eventCount(), row.digest().toString(), row.withdrawnCount(), true);
    }

    @Override
    public String toString() {
        return quantity.toPlainString() + " from " + eventCount + " events"
                + (withdrawnCount == 0 ? "" : ", " + withdrawnCount + " withdrawn")
                + (closed ? "" : ", still open") + " (digest " + digest + ")";
    }
}
