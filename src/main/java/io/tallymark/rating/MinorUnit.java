package io.tallymark.rating;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Set;

/** The unit in which Stripe takes amounts: cents for most currencies. */
public final class MinorUnit {
    private static final Set<String> WITHOUT = Set.of(
            "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf");
    private static final Set<String> THOUSANDTHS = Set.of("bhd", "jod", "kwd", "omr", "tnd");

    private MinorUnit() {}

    /**
     * How many decimals of the currency an amount of Stripe's leaves out. From Stripe's list of zero-decimal and three-decimal currencies,
     * which is not ISO 4217's.
     */
    public static int digits(String currency) {
        String code = currency.toLowerCase(Locale.ROOT);
        if (WITHOUT.contains(code)) {
            return 0;
        }
        return THOUSANDTHS.contains(code) ? 3 : 2;
    }

    /**
     * The largest amount that Stripe takes, in the minor unit: eight digits, and more for some currencies of small units. From Stripe's
     * list of currencies.
     */
    public static long largest(String currency) {
        return switch (currency.toLowerCase(Locale.ROOT)) {
            case "idr" -> 999_999_999_999L;
            case "cop", "huf", "jpy", "twd" -> 9_999_999_999L;
            case "inr" -> 999_999_999L;
            default -> 99_999_999L;
        };
    }

    /** An amount as people write it: {@code 0.1} cents are {@code 0.001 EUR}. */
    public static String inWords(BigDecimal amount, String currency) {
        int digits = digits(currency);
        BigDecimal major = amount.movePointLeft(digits).stripTrailingZeros();
        return (major.scale() < digits ? major.setScale(digits) : major).toPlainString() + " "
                + currency.toUpperCase(Locale.ROOT);
    }
}
