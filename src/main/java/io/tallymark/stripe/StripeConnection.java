package io.tallymark.stripe;

import com.stripe.Stripe;
import com.stripe.StripeClient;
import com.stripe.exception.StripeException;
import io.tallymark.usage.UserError;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open way to Stripe: stripe-java on {@link JdkHttpClient}, without retries and without telemetry. When Stripe refuses the key, it is
 * read again from where the settings point to, so a rotated key needs no restart; the refused call itself is not repeated. Thread safe.
 */
final class StripeConnection implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StripeConnection.class);

    private final StripeSettings settings;
    private final JdkHttpClient http;
    private String key;
    private volatile StripeClient client;

    private StripeConnection(StripeSettings settings, String key) {
        this.settings = settings;
        this.key = key;
        this.http = new JdkHttpClient(settings, this::readKeyAgain);
        this.client = client(key);
    }

    /**
     * Resolves the key and builds the client; no call is made.
     *
     * @throws UserError when the key cannot be resolved or cannot work
     */
    static StripeConnection open(StripeSettings settings) {
        // Telemetry would write an id into the home directory; stripe-java knows it as a global switch only.
        Stripe.enableTelemetry = false;
        return new StripeConnection(settings, ApiKey.resolve(settings).reveal());
    }

    /** To be asked for each call: it is another one after the key was changed. */
    StripeClient client() {
        return client;
    }

    /** Runs calls that end together within the deadline of one. */
    <T> T withinOneDeadline(StripeCall<T> calls) throws StripeException {
        return http.deadline().share(calls);
    }

    @Override
    public void close() {
        http.close();
    }

    private synchronized void readKeyAgain() {
        try {
            String now = ApiKey.resolve(settings).reveal();
            if (!now.equals(key)) {
                key = now;
                client = client(now);
                LOG.info(
                        "Stripe refused the API key; {} holds another one by now, which is used from here on",
                        settings.apiKey().name());
            }
        } catch (UserError e) {
            LOG.debug("Stripe refused the API key, and there is no other one", e);
        }
    }

    private StripeClient client(String apiKey) {
        return StripeClient.builder()
                .setApiKey(apiKey)
                .setApiBase(settings.apiBase().toString())
                .setMaxNetworkRetries(0)
                .setHttpClient(http)
                .build();
    }
}
