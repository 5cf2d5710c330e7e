package io.tallymark.reconcile;

import io.tallymark.database.Sql;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whether the books agree with themselves: the accounts sum to 0, and {@code reported} is what Stripe was told. */
final class LedgerCheck {
    private static final String SCOPE = " (?::text IS NULL OR metric = ?) AND (?::text IS NULL OR customer_id = ?) ";

    private static final String ACCOUNTS = "SELECT account, sum(balance) AS balance FROM ledger_balance WHERE" + SCOPE
            + "GROUP BY account ORDER BY array_position(ARRAY['metered', 'unreported', 'reported', 'unreportable', 'carried'], account)";

    private static final String OFF = """
            SELECT metric, customer_id, coalesce(reported, 0) AS reported, coalesce(told, 0) AS told, coalesce(sum, 0) AS sum
            FROM (SELECT metric, customer_id, sum(balance) AS sum,
                      sum(balance) FILTER (WHERE account = 'reported') AS reported
                  FROM ledger_balance WHERE %s GROUP BY metric, customer_id) AS ledger
            FULL JOIN
                 (SELECT metric, customer_id, sum(amount) AS told FROM stripe_report
                  WHERE state IN ('accepted', 'confirmed', 'observed') AND %s GROUP BY metric, customer_id) AS report
            USING (metric, customer_id)
            WHERE coalesce(reported, 0) <> coalesce(told, 0) OR coalesce(sum, 0) <> 0
            ORDER BY metric, customer_id
            """.formatted(SCOPE, SCOPE);

    private LedgerCheck() {}

    /** The trial balance: account to balance, the four in their order. */
    static Map<String, BigDecimal> accounts(Connection connection, @Nullable String metric, @Nullable String customer)
            throws SQLException {
        Map<String, BigDecimal> accounts = new LinkedHashMap<>();
        Sql.query(
                connection,
                row -> accounts.put(row.getString("account"), row.getBigDecimal("balance")),
                ACCOUNTS,
                metric,
                metric,
                customer,
                customer);
        return accounts;
    }

    /** Customers and meters whose books are off. */
    static List<Finding> differences(Connection connection, @Nullable String metric, @Nullable String customer)
            throws SQLException {
        List<@Nullable String> arguments = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            arguments.add(metric);
            arguments.add(metric);
            arguments.add(customer);
            arguments.add(customer);
        }
        return Sql.query(
                connection,
                row -> new Finding(
                        Kind.LEDGER,
                        row.getString("metric"),
                        row.getString("customer_id"),
                        "",
                        "",
                        "",
                        Instant.EPOCH,
                        Instant.EPOCH,
                        row.getBigDecimal("reported"),
                        row.getBigDecimal("told"),
                        null,
                        "the ledger says " + row.getBigDecimal("reported").toPlainString()
                                + " was reported, the accepted reports add up to "
                                + row.getBigDecimal("told").toPlainString() + "; all accounts together: "
                                + row.getBigDecimal("sum").toPlainString()),
                OFF,
                arguments.toArray());
    }
}
