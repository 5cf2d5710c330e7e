package io.tallymark.simulator.metering;

import java.math.BigDecimal;
import java.time.Instant;

/**
 * A meter event as it was received.
 *
 * @param account the customer and the meter
 * @param identifier unique for 24 hours
 * @param value zero when it has none
 * @param timestampSeconds epoch seconds
 * @param receivedAt by the simulator's clock
 * @param problem code of what validation will find wrong with it; empty for nothing so far
 */
record UsageEvent(
        UsageLedger.Account account,
        String identifier,
        BigDecimal value,
        long timestampSeconds,
        Instant receivedAt,
        String problem) {}
