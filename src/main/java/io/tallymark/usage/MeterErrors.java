package io.tallymark.usage;

import java.io.Serializable;
import java.time.Instant;
import java.util.List;

/** Reads Stripe's error events. Thread safe; every call ends within its deadline, never with an exception. */
public interface MeterErrors extends AutoCloseable {
    /** For an account whose error events nobody reads. */
    Factory UNREAD = () -> new MeterErrors() {
        @Override
        public Answer after(Instant created, String eventId) {
            return new Answer(true, List.of());
        }

        @Override
        public void close() {}
    };

    /**
     * Errors newer than a cursor, oldest first; may repeat some of that instant.
     *
     * @param created when the newest error taken in was made
     * @param eventId its id; empty when there was none
     */
    Answer after(Instant created, String eventId);

    @Override
    void close();

    /**
     * What Stripe said.
     *
     * @param read whether it could be asked
     * @param errors what it named; when there is more than one page, the oldest
     */
    record Answer(boolean read, List<MeterError> errors) {
        public Answer {
            errors = List.copyOf(errors);
        }
    }

    /** Opens a reader on the machine that uses it: clients are not serializable and the API key must not travel. */
    interface Factory extends Serializable {
        /**
         * @throws UserError when the API key cannot be resolved
         */
        MeterErrors open();
    }
}
