package io.tallymark.usage;

/** What a report carries, and to which of Stripe's endpoints. */
public enum ReportMode {
    /** The hour's total, to a Stripe meter with {@code event_time_window=hour}; the last received wins, so a replay is harmless. */
    HOURLY_TOTAL("hourly-total"),
    /** The signed difference to what was sent before, to a raw Stripe meter; safe to repeat by its identifier only. */
    DELTA("delta"),
    /**
     * The value of the billing period up to now, to a raw Stripe meter with formula {@code last}; the newest timestamp wins, so a replay
     * is harmless.
     */
    PERIOD_TOTAL("period-total"),
    /** The hour's total, set on a legacy subscription item at the start of the hour; a replay is harmless. */
    USAGE_RECORD_SET("usage-record-set"),
    /** The difference to what was sent before, added to a legacy subscription item; safe to repeat by its Idempotency-Key only. */
    USAGE_RECORD_INCREMENT("usage-record-increment");

    private final String configName;

    ReportMode(String configName) {
        this.configName = configName;
    }

    /** The name in the database; in tallymark.yaml the last two are {@code usage-record} with an {@code action}. */
    public String configName() {
        return configName;
    }

    /** Whether a repeat that Stripe no longer recognises as one counts again: then only reading back can settle an old doubt. */
    public boolean addsUp() {
        return this == DELTA || this == USAGE_RECORD_INCREMENT;
    }

    /** Whether it goes to a legacy subscription item instead of a meter. */
    public boolean isUsageRecord() {
        return this == USAGE_RECORD_SET || this == USAGE_RECORD_INCREMENT;
    }
}
