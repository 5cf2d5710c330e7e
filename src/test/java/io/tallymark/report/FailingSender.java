package io.tallymark.report;

import io.tallymark.usage.Delivery;
import io.tallymark.usage.HeldUsage;
import io.tallymark.usage.ReportSender;
import io.tallymark.usage.UsageQuestion;
import io.tallymark.usage.UsageReport;

/** Breaks the promise that a sender never throws. */
final class FailingSender implements ReportSender {
    @Override
    public HeldUsage held(UsageQuestion question) {
        throw new AssertionError("nothing is read back here");
    }

    @Override
    public Delivery send(UsageReport event) {
        throw new IllegalStateException("sk_test_must_not_leak");
    }

    @Override
    public void close() {}
}
