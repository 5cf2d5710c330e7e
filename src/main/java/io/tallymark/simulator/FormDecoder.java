package io.tallymark.simulator;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Decodes {@code application/x-www-form-urlencoded} text into flat names such as {@code payload[value]}; the last of a name wins. */
final class FormDecoder {
    private FormDecoder() {}

    static Params decode(String query, String body) {
        Map<String, String> values = new LinkedHashMap<>();
        decodeInto(values, query);
        decodeInto(values, body);
        return new Params(values);
    }

    private static void decodeInto(Map<String, String> values, String form) {
        for (String pair : form.split("&")) {
            if (!pair.isEmpty()) {
                int equals = pair.indexOf('=');
                String name = equals < 0 ? pair : pair.substring(0, equals);
                values.put(unescape(name), equals < 0 ? "" : unescape(pair.substring(equals + 1)));
            }
        }
    }

    private static String unescape(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw Refusal.badRequest("", "", "Invalid request: malformed percent-encoding.");
        }
    }
}
