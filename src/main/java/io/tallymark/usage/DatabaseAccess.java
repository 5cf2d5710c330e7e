package io.tallymark.usage;

import java.io.Serializable;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/** How to reach the Postgres database that holds the table and the ledger. */
public record DatabaseAccess(String url, String user, SecretRef password) implements Serializable {
    private static final String APPLICATION_NAME = "tallymark";
    private static final int CONNECT_TIMEOUT_SECONDS = 10;

    static {
        // DriverManager looks for drivers once in a JVM, and a TaskManager outlives the class loader of a job.
        try {
            Class.forName("org.postgresql.Driver");
        } catch (ClassNotFoundException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /**
     * Opens one connection; the caller closes it.
     *
     * @throws SQLException as the driver reports it
     * @throws UserError when the password cannot be resolved
     */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection(url, properties());
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
