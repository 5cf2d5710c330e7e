package io.tallymark.simulator;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.StringJoiner;

/** Calls the simulator as curl would, so that tests can send what stripe-java never would. */
public final class Caller {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI base;

    public Caller(StripeSimulator simulator) {
        base = simulator.apiBase();
    }

    /** A reply: its status, its headers and its JSON. */
    public record Reply(HttpResponse<String> http, JsonNode body) {
        public int status() {
            return http.statusCode();
        }

        public String header(String name) {
            return http.headers().firstValue(name).orElse("");
        }

        public String text(String field) {
            return body.path(field).asText();
        }

        public String error(String field) {
            return body.path("error").path(field).asText();
        }
    }

    /** Names and values take turns. */
    public Reply post(String path, String... form) {
        return send(to(path).header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(encode(form))));
    }

    /** As {@link #post}, with one more header. */
    public Reply postWith(String header, String value, String path, String... form) {
        return send(to(path).header("Content-Type", "application/x-www-form-urlencoded")
                .header(header, value)
                .POST(BodyPublishers.ofString(encode(form))));
    }

    public Reply getWith(String header, String value, String path, String... query) {
        return send(to(query.length == 0 ? path : path + "?" + encode(query)).header(header, value));
    }

    public Reply get(String path, String... query) {
        return send(to(query.length == 0 ? path : path + "?" + encode(query)).GET());
    }

    public Reply delete(String path) {
        return send(to(path).DELETE());
    }

    public HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(base.resolve(path)).header("Authorization", "Bearer sk_test_caller");
    }

    public Reply send(HttpRequest.Builder request) {
        HttpResponse<String> reply = text(request);
        try {
            return new Reply(reply, JSON.readTree(reply.body()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A reply whose body may be anything. */
    HttpResponse<String> text(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }

    public String createMeter(String eventName, String formula, String... more) {
        String[] form = new String[6 + more.length];
        String[] basics = {"event_name", eventName, "display_name", eventName, "default_aggregation[formula]", formula};
        System.arraycopy(basics, 0, form, 0, 6);
        System.arraycopy(more, 0, form, 6, more.length);
        return post("/v1/billing/meters", form).text("id");
    }

    public String createCustomer() {
        return post("/v1/customers", "name", "Acme").text("id");
    }

    public Reply event(String eventName, String customer, String value, long timestamp, String identifier) {
        return post(
                "/v1/billing/meter_events",
                "event_name",
                eventName,
                "payload[stripe_customer_id]",
                customer,
                "payload[value]",
                value,
                "timestamp",
                Long.toString(timestamp),
                "identifier",
                identifier);
    }

    private static String encode(String... pairs) {
        StringJoiner form = new StringJoiner("&");
        for (int i = 0; i < pairs.length; i += 2) {
            form.add(escape(pairs[i]) + "=" + escape(pairs[i + 1]));
        }
        return form.toString();
    }

    private static String escape(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
