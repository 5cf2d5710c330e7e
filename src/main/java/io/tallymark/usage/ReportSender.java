package io.tallymark.usage;

import java.io.Serializable;

/**
 * Tells Stripe, and reads back what it holds. Thread safe; every call ends within its deadline with a {@link Delivery} or a
 * {@link HeldUsage}, never with an exception.
 */
public interface ReportSender extends AutoCloseable {
    Delivery send(UsageReport report);

    /** What Stripe's own summaries state; they may be behind. */
    HeldUsage held(UsageQuestion question);

    @Override
    void close();

    /** Opens a sender on the machine that uses it: clients are not serializable and the API key must not travel. */
    interface Factory extends Serializable {
        /**
         * @throws UserError when the API key cannot be resolved
         */
        ReportSender open();

        /**
         * Whether the API key is a live one: Stripe allows it more calls.
         *
         * @throws UserError when the API key cannot be resolved
         */
        boolean live();
    }
}
