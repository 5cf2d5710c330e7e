package io.tallymark.stripe;

import io.tallymark.usage.SecretRef;
import java.io.Serializable;
import java.net.URI;
import java.time.Duration;

/**
 * How Stripe is reached. Holds where the API key stands, never the key, so it may travel in a job graph.
 *
 * @param apiKey where the secret key is found
 * @param apiBase scheme, host and port; https, or http for a simulator
 * @param connectTimeout for opening a connection; part of the call's deadline
 * @param callDeadline for a whole call: waiting for a free place, connecting, headers and body
 * @param callsInFlight most calls at the same time
 * @param webhookSecret where the signing secrets of our webhook endpoints are found; only the webhook reads them
 */
public record StripeSettings(
        SecretRef apiKey,
        URI apiBase,
        Duration connectTimeout,
        Duration callDeadline,
        int callsInFlight,
        SecretRef webhookSecret)
        implements Serializable {
    public static final URI DEFAULT_API_BASE = URI.create("https://api.stripe.com");
    public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(5);
    public static final Duration DEFAULT_CALL_DEADLINE = Duration.ofSeconds(20);
    public static final int DEFAULT_CALLS_IN_FLIGHT = 64;

    public static final SecretRef DEFAULT_WEBHOOK_SECRET =
            SecretRef.environment("stripe.webhook-secret", "STRIPE_WEBHOOK_SECRET");

    private static final Duration SHORTEST_WAIT = Duration.ofMillis(10);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(2);
    private static final int MOST_CALLS_IN_FLIGHT = 1_000;

    public StripeSettings {
        requireBase(apiBase);
        requireWait("stripe.connect-timeout", connectTimeout);
        requireWait("stripe.call-deadline", callDeadline);
        require(
                connectTimeout.compareTo(callDeadline) <= 0,
                "stripe.connect-timeout",
                connectTimeout,
                "at most stripe.call-deadline, " + callDeadline);
        require(
                callsInFlight >= 1 && callsInFlight <= MOST_CALLS_IN_FLIGHT,
                "stripe.calls-in-flight",
                callsInFlight,
                "1 to " + MOST_CALLS_IN_FLIGHT);
    }

    /** With the webhook's secret where it stands by default. */
    public StripeSettings(
            SecretRef apiKey, URI apiBase, Duration connectTimeout, Duration callDeadline, int callsInFlight) {
        this(apiKey, apiBase, connectTimeout, callDeadline, callsInFlight, DEFAULT_WEBHOOK_SECRET);
    }

    /** Stripe itself, with every bound at its default. */
    public static StripeSettings defaults(SecretRef apiKey) {
        return new StripeSettings(
                apiKey, DEFAULT_API_BASE, DEFAULT_CONNECT_TIMEOUT, DEFAULT_CALL_DEADLINE, DEFAULT_CALLS_IN_FLIGHT);
    }

    public StripeSettings withApiBase(URI base) {
        return new StripeSettings(apiKey, base, connectTimeout, callDeadline, callsInFlight, webhookSecret);
    }

    public StripeSettings withCallDeadline(Duration deadline) {
        Duration connect = connectTimeout.compareTo(deadline) <= 0 ? connectTimeout : deadline;
        return new StripeSettings(apiKey, apiBase, connect, deadline, callsInFlight, webhookSecret);
    }

    public StripeSettings withCallsInFlight(int calls) {
        return new StripeSettings(apiKey, apiBase, connectTimeout, callDeadline, calls, webhookSecret);
    }

    public StripeSettings withWebhookSecret(SecretRef secret) {
        return new StripeSettings(apiKey, apiBase, connectTimeout, callDeadline, callsInFlight, secret);
    }

    /** Whether the base is this machine: the simulator, for which no key is needed. */
    boolean isLoopback() {
        String host = apiBase.getHost();
        return host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.\\d{1,3}){3}");
    }

    private static void requireBase(URI base) {
        boolean http = "https".equals(base.getScheme()) || "http".equals(base.getScheme());
        boolean bare = base.getPath() != null && base.getPath().isEmpty();
        boolean plain = base.getQuery() == null && base.getFragment() == null && base.getUserInfo() == null;
        require(
                http && base.getHost() != null && bare && plain,
                "stripe.api-base",
                withoutUserInfo(base),
                "http or https, a host and perhaps a port, nothing after it, such as " + DEFAULT_API_BASE);
    }

    private static String withoutUserInfo(URI base) {
        return base.toString().replaceFirst("//[^/@]*@", "//…@");
    }

    private static void requireWait(String key, Duration value) {
        require(
                value.compareTo(SHORTEST_WAIT) >= 0 && value.compareTo(LONGEST_WAIT) <= 0,
                key,
                value,
                SHORTEST_WAIT + " to " + LONGEST_WAIT);
    }

    private static void require(boolean holds, String key, Object value, String range) {
        if (!holds) {
            throw new IllegalArgumentException(key + ": " + value + " is out of range: " + range);
        }
    }
}
