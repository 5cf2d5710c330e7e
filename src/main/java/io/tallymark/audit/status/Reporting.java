package io.tallymark.audit.status;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What Stripe does not know yet.
 *
 * @param unreported one entry for each reported meter
 * @param dueHours hours (metric, customer, hour) whose total differs from what Stripe was told
 * @param oldestDueSince since when the oldest of them is due; null when there is none
 * @param waitingFor due hours by what they wait for
 * @param refused reports by state, rejected and expired only
 */
public record Reporting(
        List<Unreported> unreported,
        long dueHours,
        @Nullable Instant oldestDueSince,
        Map<String, Long> waitingFor,
        Map<String, Long> refused) {

    /**
     * The account {@code unreported} of one meter.
     *
     * @param quantity in the meter's unit
     * @param customers whose balance is not 0
     */
    public record Unreported(String metric, BigDecimal quantity, long customers) {}
}
