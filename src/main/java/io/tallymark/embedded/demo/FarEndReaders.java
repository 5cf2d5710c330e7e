package io.tallymark.embedded.demo;

import io.tallymark.config.Settings;
import io.tallymark.embedded.LocalStack;
import io.tallymark.embedded.traffic.Truth;
import io.tallymark.usage.BillingHour;
import java.sql.SQLException;

/** Where the demo reads what came out: the tables, the two topics and Stripe. */
record FarEndReaders(LocalStack stack, Settings settings, StripeReader stripe) {
    TableReader table() {
        return new TableReader(settings.database());
    }

    /** Whether everything was read, every hour is closed and nothing is due at Stripe any more. */
    boolean settled(Truth truth) throws SQLException {
        TableReader.Glance glance = table().glance();
        return balance().read() >= truth.counts().read()
                && glance.rows() >= truth.rows().size()
                && table().openRows() == 0
                && glance.due() == 0
                && letters() >= truth.counts().deadLetters();
    }

    Proof.FarEnds read(BillingHour first, BillingHour last) throws SQLException {
        String bootstrapServers = stack.kafka().bootstrapServers();
        return new Proof.FarEnds(
                stack.kafka().endOffsets(settings.ingest().topic()),
                balance().sheet(),
                table().eventsInTotals(),
                new DeadLetterReader(bootstrapServers, settings.deadLetters().topic()).countByReason(),
                table().totals(),
                stripe.totals(first, last),
                table().balance("unreported"),
                table().acceptedReports());
    }

    private BalanceReader balance() {
        return new BalanceReader(settings.database(), settings.ingest().topic());
    }

    private long letters() {
        return stack.kafka().endOffsets(settings.deadLetters().topic()).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }
}
