package io.tallymark.usage;

/** Which total a contribution belongs to, its hour aside. {@code dimensions} is a canonical JSON object. */
public record UsageKey(String metric, String customerId, String dimensions) {
    public static final String NO_DIMENSIONS = "{}";

    /** Written out because state is placed by it: a record's own hash may differ in another version of Java. */
    @Override
    public int hashCode() {
        return (metric.hashCode() * 31 + customerId.hashCode()) * 31 + dimensions.hashCode();
    }
}
