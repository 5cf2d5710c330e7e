package io.tallymark.stripe;

import io.tallymark.usage.Secret;
import io.tallymark.usage.SecretRef;
import io.tallymark.usage.UserError;
import java.util.regex.Pattern;

/** Resolves the API key and refuses one that cannot work or would travel in the clear; no message ever holds it. */
final class ApiKey {
    /** What is sent to a simulator on this machine when no key is configured. */
    static final String FOR_SIMULATOR = "sk_test_simulator";

    /** Letters that are safe in a header: anything else would make the HTTP client print the key in its complaint. */
    private static final Pattern SHAPE = Pattern.compile("(sk|rk)_[A-Za-z0-9_]{1,250}");

    private static final Pattern LIVE = Pattern.compile("(sk|rk)_live_.*");

    private ApiKey() {}

    /**
     * Reads the key that the settings point to.
     *
     * @throws UserError when it is missing, is no secret key, or is a live key for a base without https
     */
    static Secret resolve(StripeSettings settings) {
        if (settings.apiKey().kind() == SecretRef.Kind.NONE && settings.isLoopback()) {
            return new Secret(FOR_SIMULATOR);
        }
        String name = settings.apiKey().name();
        Secret key = settings.apiKey().resolve();
        if (!SHAPE.matcher(key.reveal()).matches()) {
            throw new UserError(
                    name + " is " + (key.reveal().isEmpty() ? "not set" : "no Stripe secret key"),
                    "use the secret or restricted key from Stripe's dashboard; it begins with sk_ or rk_");
        }
        boolean inTheClear = "http".equals(settings.apiBase().getScheme());
        if (inTheClear && isLive(key)) {
            throw new UserError(
                    name + " is a live key, and stripe.api-base " + settings.apiBase() + " is not encrypted",
                    "use https, or a test key");
        }
        return key;
    }

    static boolean isLive(Secret key) {
        return LIVE.matcher(key.reveal()).matches();
    }
}
