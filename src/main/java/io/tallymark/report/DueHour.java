package io.tallymark.report;

import io.tallymark.usage.BillingHour;
import io.tallymark.usage.PrintableText;
import java.time.Instant;

/**
 * One hour of one customer and meter, over all dimensions: what a report is about.
 *
 * @param epochHour see {@link BillingHour}
 */
public record DueHour(String metric, String customerId, long epochHour) {
    static DueHour of(String metric, String customerId, Instant start) {
        return new DueHour(metric, customerId, BillingHour.containing(start).epochHour());
    }

    Instant start() {
        return new BillingHour(epochHour).start();
    }

    /** As fields of a log line. */
    @Override
    public String toString() {
        return "metric=" + metric + " customer=" + PrintableText.of(customerId) + " hour=" + start();
    }
}
