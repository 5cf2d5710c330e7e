package io.tallymark.embedded;

import io.tallymark.config.Settings;
import io.tallymark.stripe.MeterCheck;
import io.tallymark.stripe.StripeReadings;
import io.tallymark.usage.DatabaseAccess;
import io.tallymark.usage.Meter;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/** Prepares an account in the simulator as its owner would in Stripe: the meters of tallymark.yaml, and customers with their mapping. */
public final class SimulatedAccount {
    private SimulatedAccount() {}

    /** Creates the meters that are not there yet, each with the formula and window of its mode; usage records need none. */
    public static void createMeters(Settings settings, StripeReadings stripe) {
        for (Meter meter : settings.ingest().meters()) {
            meter.stripe()
                    .filter(report -> !report.mode().isUsageRecord())
                    .filter(report -> stripe.findMeter(report.eventName()).isEmpty())
                    .ifPresent(report -> stripe.createMeter(
                            report.eventName(),
                            meter.metric(),
                            MeterCheck.formula(report.mode()),
                            MeterCheck.window(report.mode())));
        }
    }

    /**
     * Creates a Stripe customer for each subject and maps it.
     *
     * @return Stripe's id by subject
     */
    public static Map<String, String> createCustomers(
            Collection<String> subjects, StripeReadings stripe, DatabaseAccess database) throws SQLException {
        Map<String, String> idBySubject = new TreeMap<>();
        for (String subject : subjects) {
            idBySubject.put(subject, stripe.createCustomer(subject));
        }
        try (Connection connection = database.connect();
                PreparedStatement insert = connection.prepareStatement(
                        "INSERT INTO billing_customer (customer_id, stripe_customer_id) VALUES (?, ?)")) {
            for (Map.Entry<String, String> mapping : idBySubject.entrySet()) {
                insert.setString(1, mapping.getKey());
                insert.setString(2, mapping.getValue());
                insert.addBatch();
            }
            insert.executeBatch();
        }
        return idBySubject;
    }
}
