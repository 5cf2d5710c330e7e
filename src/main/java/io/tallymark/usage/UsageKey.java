package io.tallymark.usage;

/** Which total a contribution belongs to, its hour aside. {@code dimensions} is a canonical JSON object. */
public record UsageKey(String metric, String customerId, String dimensions) {
    public static final String NO_DIMENSIONS = "{}";
}
