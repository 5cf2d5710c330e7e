package io.tallymark.stripe;

import com.stripe.exception.StripeException;

/** One or more calls of stripe-java, with an answer. */
@FunctionalInterface
interface StripeCall<T> {
    T run() throws StripeException;
}
