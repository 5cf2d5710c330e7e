package io.tallymark.stripe;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Makes any text a value of an address' query. */
final class Encoding {
    private Encoding() {}

    static String query(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}
