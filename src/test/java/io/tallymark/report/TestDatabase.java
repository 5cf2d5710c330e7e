package io.tallymark.report;

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
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A migrated database of its own for a test, copied from a template; the server is started once for all tests of the fork. */
final class TestDatabase implements AutoCloseable {
    private static final AtomicInteger NEXT = new AtomicInteger();

    private final String name = "report_" + NEXT.incrementAndGet();
    private final DatabaseAccess access;
    private final Connection connection;

    TestDatabase() throws SQLException {
        try (Connection admin = Server.ACCESS.connect();
                Statement statement = admin.createStatement()) {
            statement.execute("CREATE DATABASE " + name + " TEMPLATE " + Server.TEMPLATE);
        }
        access = Roles.REPORTER.of(Server.access(name));
        connection = Server.access(name).connect();
    }

    /** As the reporter: with the rights of its role and no more. */
    DatabaseAccess access() {
        return access;
    }

    /** As metering. */
    DatabaseAccess writer() {
        return Roles.WRITER.of(access);
    }

    /** The start of the hour that began {@code hours} full hours ago. */
    static Instant hoursAgo(int hours) {
        return Instant.now().truncatedTo(ChronoUnit.HOURS).minus(hours, ChronoUnit.HOURS);
    }

    int execute(String sql, Object... arguments) throws SQLException {
        return Sql.update(connection, sql, arguments);
    }

    BigDecimal number(String sql, Object... arguments) throws SQLException {
        return Sql.first(connection, row -> row.getBigDecimal(1), sql, arguments)
                .orElseThrow();
    }

    long count(String table) throws SQLException {
        return number("SELECT count(*) FROM " + table).longValueExact();
    }

    /** First column of every row, as text. */
    List<String> texts(String sql, Object... arguments) throws SQLException {
        return Sql.query(connection, row -> String.valueOf(row.getString(1)), sql, arguments);
    }

    /** Every column of every row, as text with commas. */
    List<String> rows(String sql, Object... arguments) throws SQLException {
        return Sql.query(connection, TestDatabase::line, sql, arguments);
    }

    /** The lanes that have waited longest. */
    List<Lane> lanes(int most) throws SQLException {
        return LaneTable.pick(connection, most);
    }

    void total(DueHour hour, String quantity) throws SQLException {
        total(hour, "{}", quantity, true);
    }

    /** Writes a total as the table's sink does. */
    void total(DueHour hour, String dimensions, String quantity, boolean closed) throws SQLException {
        write(connection, hour, dimensions, quantity, closed);
    }

    static void write(Connection connection, DueHour hour, String dimensions, String quantity, boolean closed)
            throws SQLException {
        Sql.update(
                connection,
                """
                INSERT INTO usage_hourly (metric, customer_id, dimensions, period_start, quantity, event_count, digest, revision,
                    closed, writer_epoch)
                VALUES (?, ?, ?::jsonb, ?, ?, 1, decode(repeat('00', 16), 'hex'), 1, ?, 1)
                ON CONFLICT (metric, customer_id, dimensions, period_start)
                DO UPDATE SET quantity = EXCLUDED.quantity, closed = EXCLUDED.closed
                """,
                hour.metric(),
                hour.customerId(),
                dimensions,
                hour.start(),
                new BigDecimal(quantity),
                closed);
    }

    BigDecimal balance(String metric, String account) throws SQLException {
        return number(
                "SELECT coalesce(sum(balance), 0) FROM ledger_balance WHERE metric = ? AND account = ?",
                metric,
                account);
    }

    /** Lets leases run out and back-offs end. */
    void letLeasesRunOut() throws SQLException {
        execute("UPDATE report_lane SET ready_at = report_now() - interval '1 second'");
    }

    /** The reporter's clock as it is in production: the movable one costs a query a call. */
    void useRealClock() throws SQLException {
        execute("CREATE OR REPLACE FUNCTION report_now() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT now()'");
    }

    /** Moves the reporter's clock on. */
    void advance(Duration time) throws SQLException {
        execute("UPDATE test_clock SET ahead = ahead + ? * interval '1 millisecond'", time.toMillis());
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
        private static final String TEMPLATE = "report_template";
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
            makeClockMovable();
            grantRoles();
        }

        private static void grantRoles() {
            try {
                Roles.apply(access(TEMPLATE));
            } catch (SQLException e) {
                throw new IllegalStateException("cannot grant the roles", e);
            }
        }

        private static void makeClockMovable() {
            try (Connection template = access(TEMPLATE).connect();
                    Statement statement = template.createStatement()) {
                statement.execute("CREATE TABLE test_clock AS SELECT interval '0' AS ahead");
                statement.execute("CREATE OR REPLACE FUNCTION report_now() RETURNS timestamptz LANGUAGE sql STABLE"
                        + " AS 'SELECT now() + ahead FROM test_clock'");
            } catch (SQLException e) {
                throw new IllegalStateException("cannot make the clock movable", e);
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
