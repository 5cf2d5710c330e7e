package io.tallymark.stripe;

import io.tallymark.usage.UserError;

/** Which of Stripe's two worlds the API key opens: objects and events of the one are unknown in the other. */
public final class KeyMode {
    private KeyMode() {}

    /**
     * Whether it is a live key. The one that is used with a simulator is a test key.
     *
     * @throws UserError when the key cannot be resolved or cannot work
     */
    public static boolean isLive(StripeSettings settings) {
        return ApiKey.isLive(ApiKey.resolve(settings));
    }
}
