package io.tallymark.simulator;

import io.tallymark.simulator.metering.SimulatedMeter;
import io.tallymark.simulator.metering.UsageLedger;
import java.math.BigDecimal;
import java.time.Instant;

/** What an invoice would show, read without HTTP and without lag. */
final class FarEnd {
    private final SimulatedState state;

    FarEnd(SimulatedState state) {
        this.state = state;
    }

    /** A period total below zero bills as 0. */
    BigDecimal billed(String eventName, String customer, Instant start, Instant end) {
        SimulatedMeter meter = state.meters()
                .named(eventName)
                .orElseThrow(() -> new IllegalArgumentException("no meter has the event name " + eventName));
        state.validation().settle();
        UsageLedger.Account account = new UsageLedger.Account(meter.id(), customer);
        return state.usage()
                .counted(account, wholeMinute(start), wholeMinute(end))
                .aggregate(meter.formula())
                .max(BigDecimal.ZERO);
    }

    BigDecimal billedRecords(String itemId, Instant start, Instant end) {
        return state.items().billed(itemId, start.getEpochSecond(), end.getEpochSecond());
    }

    private static long wholeMinute(Instant bound) {
        if (bound.getNano() != 0 || bound.getEpochSecond() % 60 != 0) {
            throw new IllegalArgumentException("usage is kept by the minute; this is no whole one: " + bound);
        }
        return bound.getEpochSecond();
    }
}
