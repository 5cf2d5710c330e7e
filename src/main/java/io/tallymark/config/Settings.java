package io.tallymark.config;

import io.tallymark.aggregate.AggregateSettings;
import io.tallymark.deadletter.DeadLetterSettings;
import io.tallymark.ingest.IngestSettings;
import io.tallymark.report.ReportSettings;
import io.tallymark.stripe.StripeSettings;
import io.tallymark.usage.DatabaseAccess;
import java.util.Set;

/** All of {@code tallymark.yaml}, as the records of the stages it speaks of. */
public record Settings(
        Set<Pipeline> pipelines,
        IngestSettings ingest,
        DeadLetterSettings deadLetters,
        AggregateSettings aggregate,
        DatabaseAccess database,
        StripeSettings stripe,
        ReportSettings report) {

    public boolean runs(Pipeline pipeline) {
        return pipelines.contains(pipeline);
    }
}
