package io.tallymark.usage;

/**
 * A row of the balance sheet: one hour of append time of one partition.
 *
 * @param epochHour the append time's {@link BillingHour}
 */
public record IntakeKey(String topic, int partition, long epochHour) {
    /** Written out because state is placed by it: a record's own hash may differ in another version of Java. */
    @Override
    public int hashCode() {
        return (topic.hashCode() * 31 + partition) * 31 + Long.hashCode(epochHour);
    }
}
