package io.tallymark.simulator.call;

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
                put(values, unescape(name), equals < 0 ? "" : unescape(pair.substring(equals + 1)));
            }
        }
    }

    /** Entries of a list without an index, {@code types[]}, get the next one. */
    private static void put(Map<String, String> values, String name, String value) {
        if (!name.endsWith("[]")) {
            values.put(name, value);
            return;
        }
        int index = 0;
        String list = name.substring(0, name.length() - 1);
        while (values.containsKey(list + index + "]")) {
            index++;
        }
        values.put(list + index + "]", value);
    }

    private static String unescape(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw Refusal.badRequest("", "", "Invalid request: malformed percent-encoding.");
        }
    }
}
