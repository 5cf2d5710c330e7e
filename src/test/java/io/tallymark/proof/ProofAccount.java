package io.tallymark.proof;

import io.tallymark.config.Settings;
import io.tallymark.embedded.SimulatedAccount;
import io.tallymark.simulator.StripeSimulator;
import io.tallymark.stripe.StripeReadings;
import io.tallymark.usage.BillingPeriod;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The Stripe account of a run: its meters, its customers with their subscription items, and the mapping of them in the database. */
record ProofAccount(StripeSimulator simulator, ProofDatabase database, List<Customer> customers) {
    /** The run's own deadline is short, for the faults; a busy machine needs longer for the very first call. */
    private static final Duration SET_UP_DEADLINE = Duration.ofSeconds(30);

    /**
     * A customer.
     *
     * @param subject in events
     * @param id at Stripe
     * @param anchor of the monthly billing periods
     * @param items subscription items for usage records
     */
    record Customer(String subject, String id, Instant anchor, Map<ProofMeter, String> items) {
        BillingPeriod period(Instant instant) {
            return BillingPeriod.containing(instant, anchor, BillingPeriod.Interval.MONTH);
        }
    }

    /** @param anchors by subject */
    static ProofAccount create(
            StripeSimulator simulator, Settings settings, ProofDatabase database, Map<String, Instant> anchors) {
        try (StripeReadings stripe = StripeReadings.open(settings.stripe().withCallDeadline(SET_UP_DEADLINE))) {
            SimulatedAccount.createMeters(settings, stripe);
            List<Customer> customers = anchors.entrySet().stream()
                    .map(entry -> customer(simulator, stripe, entry.getKey(), entry.getValue()))
                    .toList();
            return new ProofAccount(simulator, database, customers);
        }
    }

    void map(Customer customer) throws SQLException {
        database.execute(
                "INSERT INTO billing_customer (customer_id, stripe_customer_id, billing_anchor) VALUES (?, ?, ?)",
                customer.subject(),
                customer.id(),
                customer.anchor());
        for (Map.Entry<ProofMeter, String> item : customer.items().entrySet()) {
            database.execute(
                    "INSERT INTO billing_item (customer_id, metric, subscription_item_id, valid_from) VALUES (?, ?, ?, ?)",
                    customer.subject(),
                    item.getKey().metric(),
                    item.getValue(),
                    customer.anchor());
        }
    }

    /** What an invoice over a span would show. */
    BigDecimal billed(ProofMeter meter, Customer customer, Instant start, Instant end) {
        return meter.way() == ProofMeter.Way.RECORD
                ? simulator.billedRecords(customer.items().getOrDefault(meter, ""), start, end)
                : simulator.billed(meter.metric(), customer.id(), start, end);
    }

    private static Customer customer(StripeSimulator simulator, StripeReadings stripe, String subject, Instant anchor) {
        String id = stripe.createCustomer(subject);
        Map<ProofMeter, String> items = new EnumMap<>(ProofMeter.class);
        Arrays.stream(ProofMeter.values())
                .filter(meter -> meter.way() == ProofMeter.Way.RECORD)
                .forEach(meter -> items.put(meter, simulator.createLegacyItem(id, anchor)));
        return new Customer(subject, id, anchor, items);
    }
}
