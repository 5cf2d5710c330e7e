package io.tallymark.config;

import io.tallymark.aggregate.AggregateSettings;
import io.tallymark.deadletter.DeadLetterSettings;
import io.tallymark.ingest.IngestSettings;
import io.tallymark.stripe.StripeSettings;
import io.tallymark.usage.DatabaseAccess;
import io.tallymark.usage.Meter;
import java.util.List;
import java.util.Set;

/** All of {@code tallymark.yaml}, as the records of the stages it speaks of. */
public record Settings(
        Set<Pipeline> pipelines,
        IngestSettings ingest,
        DeadLetterSettings deadLetters,
        AggregateSettings aggregate,
        DatabaseAccess database,
        StripeSettings stripe) {

    /** The meters that are reported to Stripe. */
    public static List<Meter> reported(List<Meter> meters) {
        return meters.stream().filter(meter -> meter.stripe().isPresent()).toList();
    }

    public boolean runs(Pipeline pipeline) {
        return pipelines.contains(pipeline);
    }
}
