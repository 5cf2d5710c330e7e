package io.tallymark.stripe;

import com.stripe.exception.ApiConnectionException;

/** A list of Stripe that did not end within its bound of pages; what was read of it is of no use. */
final class LongListException extends ApiConnectionException {
    private static final long serialVersionUID = 1L;

    LongListException(int mostEntries) {
        this("Stripe's list has more than " + mostEntries + " entries");
    }

    LongListException(String message) {
        super(message);
    }
}
