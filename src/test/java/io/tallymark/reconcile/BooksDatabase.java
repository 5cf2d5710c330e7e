package io.tallymark.reconcile;

import io.tallymark.database.Sql;
import io.tallymark.deploy.Roles;
import io.tallymark.table.SchemaMigration;
import io.tallymark.usage.DatabaseAccess;
import io.tallymark.usage.SecretRef;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A migrated database of its own for a test, with books as the reporter leaves them. */
public final class BooksDatabase implements AutoCloseable {
    private static final AtomicInteger NEXT = new AtomicInteger();

    private final String name = "reconcile_" + NEXT.incrementAndGet();
    private final DatabaseAccess access;
    private final Connection connection;

    public BooksDatabase() throws SQLException {
        try (Connection admin = Server.ACCESS.connect();
                Statement statement = admin.createStatement()) {
            statement.execute("CREATE DATABASE " + name + " TEMPLATE " + Server.TEMPLATE);
        }
        access = Roles.REPORTER.of(Server.access(name));
        connection = Server.access(name).connect();
    }

    /** As the reporter: with the rights of its role and no more. */
    public DatabaseAccess access() {
        return access;
    }

    /** As the tables' owner, who may do everything. */
    public DatabaseAccess owner() {
        return Server.access(name);
    }

    /** The start of the hour that began {@code hours} full hours ago. */
    public static Instant hoursAgo(int hours) {
        return Instant.now().truncatedTo(ChronoUnit.HOURS).minus(hours, ChronoUnit.HOURS);
    }

    public int execute(String sql, Object... arguments) throws SQLException {
        return Sql.update(connection, sql, arguments);
    }

    /** Every column of every row, as text with commas. */
    public List<String> rows(String sql, Object... arguments) throws SQLException {
        return Sql.query(connection, BooksDatabase::line, sql, arguments);
    }

    /** A closed total, and nothing of it due. */
    public void total(String metric, String customer, Instant hour, String quantity) throws SQLException {
        execute("""
                INSERT INTO usage_hourly (metric, customer_id, period_start, quantity, event_count, digest, revision, closed,
                    writer_epoch)
                VALUES (?, ?, ?, ?, 1, decode(repeat('00', 16), 'hex'), 1, true, 1)
                ON CONFLICT (metric, customer_id, dimensions, period_start) DO UPDATE SET quantity = EXCLUDED.quantity
                """, metric, customer, hour, new BigDecimal(quantity));
        execute("DELETE FROM report_due");
    }

    /** A report that Stripe accepted two hours ago, with its posting. */
    public void accepted(
            String metric, String customer, Instant hour, int sequence, String mode, String value, String amount)
            throws SQLException {
        accepted(metric, customer, "cus_" + customer, hour, sequence, mode, value, amount);
    }

    /** The same, told to any Stripe customer. */
    public void accepted(
            String metric,
            String customer,
            String stripeCustomer,
            Instant hour,
            int sequence,
            String mode,
            String value,
            String amount)
            throws SQLException {
        report(metric, customer, stripeCustomer, hour, sequence, mode, value, amount, "accepted");
        execute("""
                INSERT INTO ledger_entry (metric, customer_id, period_start, from_account, to_account, amount, cause,
                    report_identifier)
                VALUES (?, ?, ?, 'unreported', 'reported', ?, 'report accepted', ?)
                """, metric, customer, hour, new BigDecimal(amount), identifier(metric, customer, hour, sequence));
    }

    /** A report in any state, called two hours ago. */
    public void report(
            String metric,
            String customer,
            Instant hour,
            int sequence,
            String mode,
            String value,
            String amount,
            String state)
            throws SQLException {
        report(metric, customer, "cus_" + customer, hour, sequence, mode, value, amount, state);
    }

    private void report(
            String metric,
            String customer,
            String stripeCustomer,
            Instant hour,
            int sequence,
            String mode,
            String value,
            String amount,
            String state)
            throws SQLException {
        execute(
                """
                INSERT INTO stripe_report (identifier, metric, customer_id, period_start, sequence, mode, event_name,
                    stripe_customer_id, value, amount, event_timestamp, state, attempts, first_sent_at, last_sent_at, resolved_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, report_now() - interval '2 hours', report_now() - interval '2 hours',
                    CASE WHEN ? IN ('pending', 'sent', 'ambiguous') THEN NULL ELSE report_now() - interval '2 hours' END)
                """,
                identifier(metric, customer, hour, sequence),
                metric,
                customer,
                hour,
                sequence,
                mode,
                metric,
                stripeCustomer,
                new BigDecimal(value),
                new BigDecimal(amount),
                hour,
                state,
                state);
    }

    public static String identifier(String metric, String customer, Instant hour, int sequence) {
        return "tm-" + metric + "-" + customer + "-" + hour + "-" + sequence;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    private static String line(ResultSet row) throws SQLException {
        List<String> values = new ArrayList<>();
        for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
            values.add(String.valueOf(row.getString(i)));
        }
        return String.join(", ", values);
    }

    /** Started on first use; ends with the fork. */
    private static final class Server {
        private static final String TEMPLATE = "reconcile_template";
        private static final EmbeddedPostgres POSTGRES = start();
        private static final DatabaseAccess ACCESS = access("postgres");

        static {
            try (Connection admin = ACCESS.connect();
                    Statement statement = admin.createStatement()) {
                statement.execute("CREATE DATABASE " + TEMPLATE);
            } catch (SQLException e) {
                throw new IllegalStateException("cannot create the template", e);
            }
            SchemaMigration.migrate(access(TEMPLATE));
            grantRoles();
        }

        private static void grantRoles() {
            try {
                Roles.apply(access(TEMPLATE));
            } catch (SQLException e) {
                throw new IllegalStateException("cannot grant the roles", e);
            }
        }

        private static EmbeddedPostgres start() {
            try {
                return EmbeddedPostgres.start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static DatabaseAccess access(String database) {
            return new DatabaseAccess(
                    POSTGRES.getJdbcUrl("postgres", database), "postgres", SecretRef.none("postgres.password"));
        }
    }
}
