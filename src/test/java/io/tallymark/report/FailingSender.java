package io.tallymark.report;

import io.tallymark.usage.Delivery;
import io.tallymark.usage.MeterEvent;
import io.tallymark.usage.MeterEventSender;

/** Breaks the promise that a sender never throws. */
final class FailingSender implements MeterEventSender {
    @Override
    public Delivery send(MeterEvent event) {
        throw new IllegalStateException("sk_test_must_not_leak");
    }

    @Override
    public void close() {}
}
