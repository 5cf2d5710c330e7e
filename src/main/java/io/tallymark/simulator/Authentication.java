package io.tallymark.simulator;

import io.tallymark.simulator.call.ApiReply;
import io.tallymark.simulator.call.ApiRequest;
import io.tallymark.simulator.call.Handler;
import io.tallymark.simulator.call.Refusal;
import io.tallymark.simulator.metering.EventStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.regex.Pattern;

/** Lets a call pass that carries a test key, as bearer token or as Basic user name. A live key is refused: it has no business here. */
public final class Authentication implements Handler {
    private static final Pattern TEST_KEY = Pattern.compile("(sk|rk)_test_\\w+");

    private final Handler next;

    public Authentication(Handler next) {
        this.next = next;
    }

    @Override
    public ApiReply handle(ApiRequest request) {
        if (request.path().equals(EventStream.PATH)) {
            // It takes a session's token and checks that itself.
            return next.handle(request);
        }
        String key = keyOf(request.headers().authorization());
        if (key.isEmpty()) {
            throw Refusal.unauthorized(
                    "You did not provide an API key. You need to provide your API key in the Authorization header,"
                            + " using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').");
        }
        if (!TEST_KEY.matcher(key).matches()) {
            throw Refusal.unauthorized("Invalid API Key provided: " + masked(key));
        }
        return next.handle(request);
    }

    private static String keyOf(String authorization) {
        String[] words = authorization.strip().split(" +", 2);
        if (words.length < 2) {
            return "";
        }
        return switch (words[0].toLowerCase(Locale.ROOT)) {
            case "bearer" -> words[1];
            case "basic" -> userName(words[1]);
            default -> "";
        };
    }

    private static String userName(String credentials) {
        try {
            String decoded = new String(Base64.getDecoder().decode(credentials), StandardCharsets.UTF_8);
            return decoded.split(":", 2)[0];
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    private static String masked(String key) {
        int shown = Math.min(4, key.length());
        return "*".repeat(key.length() - shown) + key.substring(key.length() - shown);
    }
}
