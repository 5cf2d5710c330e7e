package io.tallymark.billing;

import io.tallymark.database.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Which Stripe customer pays for whom. */
final class MappedCustomers {
    private static final String LONGEST_UNSEEN_FIRST = """
            SELECT customer_id, stripe_customer_id FROM billing_customer AS mapped
            ORDER BY (SELECT max(seen_at) FROM billing_subscription AS known
                      WHERE known.stripe_customer_id = mapped.stripe_customer_id) NULLS FIRST, customer_id
            """;
    private static final String ONE =
            "SELECT customer_id, stripe_customer_id FROM billing_customer WHERE customer_id = ?";
    private static final String PAYER =
            "SELECT customer_id, stripe_customer_id FROM billing_customer WHERE stripe_customer_id = ?";

    private MappedCustomers() {}

    /**
     * A row of billing_customer.
     *
     * @param customerId as the events' subject names it
     * @param stripeId {@code cus_…}
     */
    record Mapped(String customerId, String stripeId) {}

    /** All, so that a reading that was cut off goes on with those that it did not come to. */
    static List<Mapped> all(Connection connection) throws SQLException {
        return read(connection, LONGEST_UNSEEN_FIRST);
    }

    static Optional<Mapped> find(Connection connection, String customerId) throws SQLException {
        return read(connection, ONE, customerId).stream().findFirst();
    }

    static Optional<Mapped> payer(Connection connection, String stripeId) throws SQLException {
        return read(connection, PAYER, stripeId).stream().findFirst();
    }

    private static List<Mapped> read(Connection connection, String query, Object... arguments) throws SQLException {
        return Sql.query(connection, row -> new Mapped(row.getString(1), row.getString(2)), query, arguments);
    }
}
