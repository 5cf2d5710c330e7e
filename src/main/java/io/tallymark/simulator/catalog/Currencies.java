package io.tallymark.simulator.catalog;

import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** How amounts of a currency are written. */
public final class Currencies {
    private static final Set<String> ZERO_DECIMAL = Set.of(
            "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf");
    private static final Set<String> THREE_DECIMAL = Set.of("bhd", "jod", "kwd", "omr", "tnd");
    private static final Map<String, String> SIGNS = Map.of("usd", "$", "eur", "€", "gbp", "£", "jpy", "¥");

    private Currencies() {}

    public static int digits(String currency) {
        if (ZERO_DECIMAL.contains(currency)) {
            return 0;
        }
        return THREE_DECIMAL.contains(currency) ? 3 : 2;
    }

    /** The largest amount of a price. */
    static long largest(String currency) {
        return switch (currency) {
            case "idr" -> 999_999_999_999L;
            case "cop", "huf", "jpy", "twd" -> 9_999_999_999L;
            case "inr" -> 999_999_999L;
            default -> 99_999_999L;
        };
    }

    public static String sign(String currency) {
        return SIGNS.getOrDefault(currency, currency.toUpperCase(Locale.ROOT) + " ");
    }
}
