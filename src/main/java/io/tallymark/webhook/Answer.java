package io.tallymark.webhook;

import java.util.List;

/**
 * What became of an event.
 *
 * @param kind whether Stripe is to deliver it again
 * @param reasons why it is held or failed, for people; they are shown to Stripe and kept
 */
public record Answer(Kind kind, List<String> reasons) {
    private static final Answer ACCEPTED = new Answer(Kind.ACCEPTED, List.of());

    public Answer {
        reasons = List.copyOf(reasons);
    }

    /** With the HTTP status of each. Stripe takes all but 2xx alike: for a failure, which holds an invoice back and is repeated. */
    public enum Kind {
        ACCEPTED(200),
        HELD(409),
        FAILED(500);

        private final int status;

        Kind(int status) {
            this.status = status;
        }

        int status() {
            return status;
        }
    }

    /** Done: a repeat of the event is not handled again. */
    public static Answer accepted() {
        return ACCEPTED;
    }

    /** Not now, and on purpose: Stripe's next delivery asks again. */
    public static Answer held(List<String> reasons) {
        return new Answer(Kind.HELD, reasons);
    }

    public static Answer held(String reason) {
        return held(List.of(reason));
    }

    /** It could not be done; Stripe's next delivery tries again. */
    public static Answer failed(String reason) {
        return new Answer(Kind.FAILED, List.of(reason));
    }
}
