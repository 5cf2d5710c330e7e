package io.tallymark.stripe;

import com.stripe.exception.StripeException;
import io.tallymark.usage.UserError;

/** Makes the calls of a command that a person runs: whatever goes wrong becomes one line and its remedy. */
final class CommandCalls {
    private final StripeSettings settings;

    CommandCalls(StripeSettings settings) {
        this.settings = settings;
    }

    /** @throws UserError when Stripe refuses or cannot be reached */
    <T> T call(StripeCall<T> call) {
        try {
            return call.run();
        } catch (StripeException e) {
            throw StripeProblem.of(settings, e);
        } catch (UserError e) {
            throw e;
        } catch (RuntimeException e) {
            throw StripeProblem.ofSurprise(settings, e);
        }
    }
}
