package io.tallymark.usage;

import java.io.Serializable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import org.postgresql.Driver;

/** How to reach the Postgres database that holds the table and the ledger. */
public record DatabaseAccess(String url, String user, SecretRef password) implements Serializable {
    private static final String APPLICATION_NAME = "tallymark";
    private static final int CONNECT_TIMEOUT_SECONDS = 10;

    /**
     * Opens one connection; the caller closes it.
     *
     * @throws SQLException as the driver reports it
     * @throws UserError when the password cannot be resolved
     */
    public Connection connect() throws SQLException {
        // Not through DriverManager: it may know the driver of another job's class loader only.
        Connection connection = new Driver().connect(url, properties());
        if (connection == null) {
            throw new SQLException("not a PostgreSQL URL: " + url);
        }
        return connection;
    }

    /** Driver properties including the password: for pools, never for printing. */
    public Properties properties() {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password.resolve().reveal());
        properties.setProperty("ApplicationName", APPLICATION_NAME);
        properties.setProperty("connectTimeout", Integer.toString(CONNECT_TIMEOUT_SECONDS));
        properties.setProperty("tcpKeepAlive", "true");
        return properties;
    }
}
