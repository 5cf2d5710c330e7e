package io.tallymark.simulator.events;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Posts events to endpoints; every attempt ends within a time, and no redirect is followed. Thread safe. */
final class EventPost implements AutoCloseable {
    /** When there was no answer. */
    static final int NO_ANSWER = 0;

    private final Duration timeout;
    private final ExecutorService threads = Executors.newFixedThreadPool(2, EventPost::daemon);
    /** Opened by the first use: most simulators have no webhook. */
    private @Nullable HttpClient client;

    EventPost(Duration timeout) {
        this.timeout = timeout;
    }

    /** The status of the answer; never fails. */
    CompletableFuture<Integer> send(URI url, String body, String signature) {
        HttpRequest request = HttpRequest.newBuilder(url)
                .timeout(timeout)
                .header("Content-Type", "application/json; charset=utf-8")
                .header("User-Agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)")
                .header(SignatureHeader.NAME, signature)
                .POST(BodyPublishers.ofString(body))
                .build();
        return http().sendAsync(request, BodyHandlers.discarding())
                // The request's own timeout ends with the head of the answer.
                .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .handle((answer, failure) -> failure == null ? answer.statusCode() : NO_ANSWER);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    private synchronized HttpClient http() {
        if (client == null) {
            client = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .executor(threads)
                    .build();
        }
        return client;
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "stripe-simulator-webhooks");
        thread.setDaemon(true);
        return thread;
    }
}
