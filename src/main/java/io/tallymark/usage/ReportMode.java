package io.tallymark.usage;

/** What a report carries. */
public enum ReportMode {
    /** The hour's total, to a Stripe meter with {@code event_time_window=hour}; the last received wins, so a replay is harmless. */
    HOURLY_TOTAL("hourly-total"),
    /** The signed difference to what was sent before, to a raw Stripe meter; safe to repeat by its identifier only. */
    DELTA("delta");

    private final String configName;

    ReportMode(String configName) {
        this.configName = configName;
    }

    /** The name used in tallymark.yaml and in the database. */
    public String configName() {
        return configName;
    }
}
