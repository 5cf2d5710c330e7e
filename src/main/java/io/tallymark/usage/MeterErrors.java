package io.tallymark.usage;

import java.io.Serializable;
import java.time.Instant;
import java.util.List;

/** Reads Stripe's error events. Thread safe; every call ends within its deadline, never with an exception. */
public interface MeterErrors extends AutoCloseable {
    /** For an account whose error events nobody reads. */
    Factory UNREAD = () -> new MeterErrors() {
        @Override
        public Answer since(Instant created, Instant now) {
            return Answer.of(List.of());
        }

        @Override
        public void close() {}
    };

    /**
     * Errors since a cursor, oldest first: all, or the first of many. Repeats those of that second.
     *
     * @param created when the newest error taken in was made
     * @param now the time of asking
     */
    Answer since(Instant created, Instant now);

    @Override
    void close();

    /**
     * What Stripe said.
     *
     * @param problem why it could not be asked; empty when it was
     * @param errors what it named
     */
    record Answer(String problem, List<MeterError> errors) {
        public Answer {
            errors = List.copyOf(errors);
        }

        public static Answer of(List<MeterError> errors) {
            return new Answer("", errors);
        }

        public static Answer none(String problem) {
            return new Answer(problem, List.of());
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
