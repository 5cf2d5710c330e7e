package io.tallymark.stripe;

import com.stripe.Stripe;
import com.stripe.StripeClient;
import com.stripe.exception.StripeException;

/** An open way to Stripe: stripe-java on {@link JdkHttpClient}, without retries and without telemetry. */
final class StripeConnection implements AutoCloseable {
    private final JdkHttpClient http;
    private final StripeClient client;

    private StripeConnection(JdkHttpClient http, StripeClient client) {
        this.http = http;
        this.client = client;
    }

    /**
     * Resolves the key and builds the client; no call is made.
     *
     * @throws io.tallymark.usage.UserError when the key cannot be resolved or cannot work
     */
    static StripeConnection open(StripeSettings settings) {
        String key = ApiKey.resolve(settings).reveal();
        // Telemetry would write an id into the home directory; stripe-java knows it as a global switch only.
        Stripe.enableTelemetry = false;
        JdkHttpClient http = new JdkHttpClient(settings);
        StripeClient client = StripeClient.builder()
                .setApiKey(key)
                .setApiBase(settings.apiBase().toString())
                .setMaxNetworkRetries(0)
                .setHttpClient(http)
                .build();
        return new StripeConnection(http, client);
    }

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
}
