package io.tallymark.usage;

import java.io.Serializable;

/** Sends meter events. Thread safe; every call ends within its deadline with a {@link Delivery}, never with an exception. */
public interface MeterEventSender extends AutoCloseable {
    Delivery send(MeterEvent event);

    @Override
    void close();

    /** Opens a sender on the machine that uses it: clients are not serializable and the API key must not travel. */
    interface Factory extends Serializable {
        /**
         * @throws UserError when the API key cannot be resolved
         */
        MeterEventSender open();
    }
}
