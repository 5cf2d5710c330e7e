package io.tallymark.audit;

import io.tallymark.usage.BillingHour;
import io.tallymark.usage.Measurement;
import io.tallymark.usage.Meter;
import io.tallymark.usage.UsageEvent;
import java.util.Optional;

/** Which rows of the table are to be explained: all dimensions of a customer's hour of one meter. */
public record ExplainQuestion(Meter meter, String customerId, BillingHour hour) {
    /** Whether a record is about these rows. */
    boolean concerns(UsageEvent event) {
        return event.customerId().equals(customerId)
                && BillingHour.containing(event.timeMillis()).equals(hour)
                && measurement(event).isPresent();
    }

    /** What a record adds to the meter, if anything. */
    Optional<Measurement> measurement(UsageEvent event) {
        return event.measurements().stream()
                .filter(measurement -> measurement.metric().equals(meter.metric()))
                .findFirst();
    }
}
