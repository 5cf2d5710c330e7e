package io.tallymark.report;

/** A customer and meter: their hours are reported one at a time, oldest first. */
record Lane(String metric, String customerId) {
    static Lane of(DueHour hour) {
        return new Lane(hour.metric(), hour.customerId());
    }
}
