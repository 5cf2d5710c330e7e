package io.tallymark.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.stripe.net.Webhook;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;

/** Delivers events as Stripe does, signed by Stripe's own client, or as somebody else would. */
final class Sender {
    static final String SECRET = "whsec_0123456789abcdef";

    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI url;
    private final InstantSource clock;

    Sender(URI url, InstantSource clock) {
        this.url = url;
        this.clock = clock;
    }

    record Reply(int status, JsonNode body) {}

    static String event(String id) {
        return event(id, false);
    }

    static String event(String id, boolean live) {
        return "{\"id\":\"" + id
                + "\",\"object\":\"event\",\"type\":\"invoice.created\",\"created\":1795341600,\"livemode\":" + live
                + ",\"data\":{\"object\":{\"id\":\"in_1\",\"object\":\"invoice\",\"total\":\"Größe\"}}}";
    }

    static String signature(String body, String secret, Instant at) {
        try {
            return Webhook.Signature.generateSignatureHeader(body, secret, at.getEpochSecond());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    Reply deliver(String body) {
        return deliver(body, signature(body, SECRET, clock.instant()));
    }

    Reply deliver(String body, String signature) {
        return send(post(body, signature));
    }

    CompletableFuture<Integer> later(String body) {
        return http.sendAsync(
                        post(body, signature(body, SECRET, clock.instant())).build(), BodyHandlers.discarding())
                .thenApply(HttpResponse::statusCode);
    }

    HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(url.resolve(path));
    }

    Reply send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> reply = http.send(request.build(), BodyHandlers.ofString());
            return new Reply(reply.statusCode(), JSON.readTree(reply.body()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Sends bytes as they are, and reads until the other side ends the connection. */
    String raw(String... parts) throws IOException {
        try (Socket socket = new Socket(url.getHost(), url.getPort())) {
            socket.setSoTimeout(10_000);
            OutputStream out = socket.getOutputStream();
            for (String part : parts) {
                out.write(part.getBytes(StandardCharsets.UTF_8));
                out.flush();
            }
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private HttpRequest.Builder post(String body, String signature) {
        HttpRequest.Builder request = HttpRequest.newBuilder(url).POST(BodyPublishers.ofString(body));
        return signature.isEmpty() ? request : request.header("Stripe-Signature", signature);
    }
}
