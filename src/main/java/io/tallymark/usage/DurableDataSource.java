package io.tallymark.usage;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Connections whose commits are on the server's disk, as Flink's checkpoint or a call to Stripe relies on. Stricter settings than the
 * default, for servers with standbys, stay as they are. The driver is its own: DriverManager
 * is not asked for one, and does not keep that of a job.
 */
final class DurableDataSource extends PGSimpleDataSource {
    private static final long serialVersionUID = 1L;
    private static final String DURABLE_COMMITS = "SELECT set_config('synchronous_commit', 'on', false)"
            + " WHERE current_setting('synchronous_commit') = 'off'";

    @Override
    public Connection getConnection(@Nullable String user, @Nullable String password) throws SQLException {
        Connection connection = connect(user, password);
        try (Statement statement = connection.createStatement()) {
            statement.execute(DURABLE_COMMITS);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    private Connection connect(@Nullable String user, @Nullable String password) throws SQLException {
        Properties account = new Properties();
        if (user != null) {
            account.setProperty("user", user);
        }
        if (password != null) {
            account.setProperty("password", password);
        }
        Connection connection = OwnDriver.INSTANCE.connect(getUrl(), account);
        if (connection == null) {
            throw new SQLException("the driver does not take this URL");
        }
        return connection;
    }

    /**
     * Loading the driver puts it into DriverManager, which belongs to the whole JVM: there it would keep the class loader of each ended job,
     * and a TaskManager would run out of metaspace after some ten jobs. A driver that came with the JVM's own class path stays: others may
     * ask for it, and its loader never ends.
     */
    private static final class OwnDriver {
        // By name: javac does not know the annotations of the driver's package, and would warn.
        private static final String NAME = "org.postgresql.Driver";
        static final Driver INSTANCE = load();

        private static Driver load() {
            try {
                Class<?> type = Class.forName(NAME, true, DurableDataSource.class.getClassLoader());
                Driver driver = DriverManager.drivers()
                        .filter(type::isInstance)
                        .findAny()
                        .orElseThrow(() -> new SQLException(NAME + " is not registered"));
                if (type.getClassLoader() != ClassLoader.getSystemClassLoader()) {
                    DriverManager.deregisterDriver(driver);
                }
                return driver;
            } catch (ClassNotFoundException | SQLException e) {
                throw new ExceptionInInitializerError(e);
            }
        }
    }
}
