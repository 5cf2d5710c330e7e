package io.tallymark.billing;

import io.tallymark.database.Database;
import io.tallymark.database.Sql;
import io.tallymark.usage.UserError;
import java.sql.SQLException;

/** Tells a customer about whom there is nothing to say yet from a name that is mistyped. */
public final class KnownCustomer {
    // The metrics one by one, for they lead the index.
    private static final String IS_KNOWN = """
            WITH RECURSIVE known (metric) AS (
                SELECT min(metric) FROM usage_hourly
                UNION ALL
                SELECT (SELECT min(used.metric) FROM usage_hourly AS used WHERE used.metric > known.metric)
                FROM known WHERE known.metric IS NOT NULL)
            SELECT EXISTS (SELECT FROM billing_customer WHERE customer_id = ?)
                OR EXISTS (SELECT FROM former_mapping WHERE customer_id = ?)
                OR EXISTS (SELECT FROM billing_close WHERE customer_id = ?)
                OR EXISTS (SELECT FROM known WHERE EXISTS (
                    SELECT FROM usage_hourly AS used WHERE used.metric = known.metric AND used.customer_id = ?))
            """;

    private KnownCustomer() {}

    /** @throws UserError when neither a mapping nor usage nor an invoice is of this customer */
    public static void require(Database database, String customerId) throws SQLException {
        boolean known = database.inSnapshot(connection -> Sql.first(
                        connection, row -> row.getBoolean(1), IS_KNOWN, customerId, customerId, customerId, customerId)
                .orElse(false));
        if (!known) {
            throw unknown(customerId);
        }
    }

    static UserError unknown(String customerId) {
        return new UserError(
                "nobody is mapped as " + customerId,
                "look at ./tallymark customers list, or map it: ./tallymark customers import FILE.csv --apply");
    }
}
