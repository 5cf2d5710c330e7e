package io.tallymark.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.stripe.exception.ApiConnectionException;
import com.stripe.net.HttpContent;
import com.stripe.net.HttpHeaders;
import com.stripe.net.StripeRequest;
import com.stripe.net.StripeResponse;
import java.net.URI;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Carries stripe-java's requests over {@code java.net.http}. A request goes out at most once: no retry, no redirect. A call ends within
 * its deadline, body included, with a reply that stripe-java can read or with an {@link ApiConnectionException}.
 */
final class JdkHttpClient extends com.stripe.net.HttpClient implements AutoCloseable {
    private static final long MOST_REPLY_BYTES = 8L << 20;
    private static final int THREADS = 2;

    private static final int UNAUTHORIZED = 401;

    private final Runnable whenUnauthorized;
    private final CallDeadline deadline;
    private final Semaphore places;
    private final ExecutorService threads;
    private final java.net.http.HttpClient http;
    private final String clientUserAgent = buildXStripeClientUserAgentString();

    /** @param whenUnauthorized told of each 401 before its caller is */
    JdkHttpClient(StripeSettings settings, Runnable whenUnauthorized) {
        this.whenUnauthorized = whenUnauthorized;
        deadline = new CallDeadline(settings.callDeadline(), System::nanoTime);
        places = new Semaphore(settings.callsInFlight(), true);
        threads = Executors.newFixedThreadPool(THREADS, JdkHttpClient::daemon);
        http = java.net.http.HttpClient.newBuilder()
                .version(Version.HTTP_1_1)
                .followRedirects(Redirect.NEVER)
                .connectTimeout(settings.connectTimeout())
                .executor(threads)
                .build();
    }

    @Override
    public StripeResponse request(StripeRequest request) throws ApiConnectionException {
        long endNanos = deadline.endNanos();
        HttpRequest outgoing = toHttpRequest(request);
        takePlace(outgoing, endNanos);
        try {
            HttpResponse<byte[]> reply = exchange(outgoing, endNanos);
            if (reply.statusCode() == UNAUTHORIZED) {
                whenUnauthorized.run();
            }
            return toStripeResponse(reply);
        } finally {
            places.release();
        }
    }

    /** Goes around stripe-java's own retries, whatever a caller's options say: the reporter decides about every repeat. */
    @Override
    public StripeResponse requestWithRetries(StripeRequest request) throws ApiConnectionException {
        return request(request);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    CallDeadline deadline() {
        return deadline;
    }

    private void takePlace(HttpRequest outgoing, long endNanos) throws ApiConnectionException {
        try {
            if (!places.tryAcquire(Math.max(0, endNanos - System.nanoTime()), TimeUnit.NANOSECONDS)) {
                throw failure(outgoing, "not sent: no free place within " + deadline.longest(), new TimeoutException());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure(outgoing, "not sent: interrupted", e);
        }
    }

    private HttpResponse<byte[]> exchange(HttpRequest outgoing, long endNanos) throws ApiConnectionException {
        CompletableFuture<HttpResponse<byte[]>> reply = http.sendAsync(outgoing, BoundedBody.atMost(MOST_REPLY_BYTES));
        try {
            return reply.get(Math.max(0, endNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw failure(outgoing, "no whole reply within " + deadline.longest(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure(outgoing, "interrupted", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw failure(outgoing, describe(cause), cause);
        } finally {
            reply.cancel(true);
        }
    }

    private HttpRequest toHttpRequest(StripeRequest request) {
        HttpRequest.Builder builder =
                HttpRequest.newBuilder(URI.create(request.url().toString()));
        request.headers().map().forEach((name, values) -> builder.setHeader(name, String.join(",", values)));
        builder.setHeader("User-Agent", buildUserAgentString(request));
        builder.setHeader("X-Stripe-Client-User-Agent", clientUserAgent);
        HttpContent content = request.content();
        if (content != null) {
            builder.setHeader("Content-Type", content.contentType());
        }
        return builder.method(request.method().name(), body(content)).build();
    }

    private static BodyPublisher body(@Nullable HttpContent content) {
        return content == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(content.byteArrayContent());
    }

    private static StripeResponse toStripeResponse(HttpResponse<byte[]> reply) throws UnreadableReplyException {
        HttpHeaders headers = HttpHeaders.of(reply.headers().map());
        String body = new String(reply.body(), StandardCharsets.UTF_8);
        String unreadable = whyUnreadable(reply.statusCode(), body);
        if (!unreadable.isEmpty()) {
            throw new UnreadableReplyException(reply.statusCode(), headers, unreadable);
        }
        return new StripeResponse(reply.statusCode(), headers, body);
    }

    /** Empty when stripe-java can read it; from an error without Stripe's error object it would lose the headers. */
    private static String whyUnreadable(int status, String body) {
        if (body.isEmpty()) {
            return "an empty body";
        }
        Optional<JsonNode> json = ReplyJson.parse(body);
        if (json.isEmpty()) {
            return "a body that is no JSON object";
        }
        boolean success = status >= 200 && status <= 299;
        return success || json.get().path("error").isObject() ? "" : "a body without Stripe's error object";
    }

    private static ApiConnectionException failure(HttpRequest outgoing, String what, Throwable cause) {
        return new ApiConnectionException(
                outgoing.method() + " " + outgoing.uri().getPath() + ": " + what, cause);
    }

    private static String describe(Throwable cause) {
        String message = cause.getMessage();
        return cause.getClass().getSimpleName() + (message == null ? "" : ": " + message);
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "stripe-http");
        thread.setDaemon(true);
        return thread;
    }
}
