package io.tallymark.topology;

import io.tallymark.stripe.MeterErrorReport;
import io.tallymark.stripe.StripeErrorEvents;
import io.tallymark.stripe.StripeSettings;
import io.tallymark.stripe.StripeUnavailableException;
import io.tallymark.usage.MeterError;
import io.tallymark.usage.MeterErrors;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Hands Stripe's error events to reconciliation, which knows nothing of Stripe's client. */
final class StripeMeterErrors implements MeterErrors {
    private final StripeErrorEvents events;

    private StripeMeterErrors(StripeErrorEvents events) {
        this.events = events;
    }

    /** Serializes as settings, without the API key. */
    record Opener(StripeSettings settings) implements Factory {
        @Override
        public MeterErrors open() {
            return new StripeMeterErrors(StripeErrorEvents.open(settings));
        }
    }

    @Override
    public Answer since(Instant created, Instant now) {
        try {
            return Answer.of(errors(events.since(created, now)));
        } catch (StripeUnavailableException e) {
            return Answer.none(e.detail());
        }
    }

    @Override
    public void close() {
        events.close();
    }

    private static List<MeterError> errors(List<MeterErrorReport> reports) {
        List<MeterError> errors = new ArrayList<>();
        for (MeterErrorReport report : reports) {
            report.samples()
                    .forEach(sample -> errors.add(new MeterError(
                            report.eventId(),
                            report.created(),
                            sample.code(),
                            sample.message(),
                            List.of(sample.identifier()))));
            if (report.samples().isEmpty()) {
                errors.add(new MeterError(report.eventId(), report.created(), report.type(), "", List.of()));
            }
        }
        return errors;
    }
}
