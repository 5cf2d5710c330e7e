package io.tallymark.config;

import io.tallymark.aggregate.AggregateSettings;
import io.tallymark.deadletter.DeadLetterSettings;
import io.tallymark.ingest.IngestSettings;
import io.tallymark.reconcile.ReconcileSettings;
import io.tallymark.report.ReportSettings;
import io.tallymark.stripe.StripeSettings;
import io.tallymark.usage.DatabaseAccess;
import io.tallymark.usage.SecretRef;
import java.net.URI;
import java.util.Map;
import java.util.Set;

/** All of {@code tallymark.yaml}, as the records of the stages it speaks of. */
public record Settings(
        Set<Pipeline> pipelines,
        IngestSettings ingest,
        DeadLetterSettings deadLetters,
        AggregateSettings aggregate,
        DatabaseAccess database,
        StripeSettings stripe,
        ReportSettings report,
        ReconcileSettings reconcile,
        CloseSettings close) {

    public boolean runs(Pipeline pipeline) {
        return pipelines.contains(pipeline);
    }

    /** The same meters and bounds on other servers: what {@code up} and {@code demo} run. */
    public Settings on(String bootstrapServers, DatabaseAccess otherDatabase, URI stripeBase) {
        return new Settings(
                pipelines,
                ingest.on(bootstrapServers),
                new DeadLetterSettings(bootstrapServers, deadLetters.topic(), Map.of()),
                aggregate,
                otherDatabase,
                new StripeSettings(
                        SecretRef.none("stripe.api-key"),
                        stripeBase,
                        stripe.connectTimeout(),
                        stripe.callDeadline(),
                        stripe.callsInFlight(),
                        stripe.webhookSecret()),
                report.on(otherDatabase),
                reconcile.on(otherDatabase),
                close);
    }

    /** The same for a topic whose timestamps producers choose: what a rehearsal runs. */
    public Settings trustingCreateTime() {
        return new Settings(
                pipelines,
                ingest.trustingCreateTime(),
                deadLetters,
                aggregate,
                database,
                stripe,
                report,
                reconcile,
                close);
    }
}
