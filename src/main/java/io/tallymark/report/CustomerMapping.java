package io.tallymark.report;

/** How a subject of usage events becomes a Stripe customer. */
public enum CustomerMapping {
    /** By {@code billing_customer}; usage of a customer who is not there waits for the row. */
    TABLE("table"),
    /** The subject is the Stripe customer id. */
    IDENTITY("identity");

    private final String configName;

    CustomerMapping(String configName) {
        this.configName = configName;
    }

    /** The name used in tallymark.yaml. */
    public String configName() {
        return configName;
    }
}
