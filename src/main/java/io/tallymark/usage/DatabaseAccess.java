package io.tallymark.usage;

import java.io.Serializable;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.ds.PGSimpleDataSource;

/** How to reach the Postgres database that holds the table and the ledger. */
public record DatabaseAccess(String url, String user, SecretRef password) implements Serializable {
    private static final String APPLICATION_NAME = "tallymark";
    private static final int CONNECT_TIMEOUT_SECONDS = 10;
    /** Longest silence of the server within one statement; a machine that vanished must not hold a task for hours. */
    private static final int SOCKET_TIMEOUT_SECONDS = 60;

    /**
     * Opens one connection; the caller closes it.
     *
     * @throws SQLException as the driver reports it
     * @throws UserError when the password cannot be resolved
     */
    public Connection connect() throws SQLException {
        return dataSource().getConnection();
    }

    /**
     * A data source without a pool, with bounds on every wait and commits that outlive a crash of the server. Never connect through DriverManager: in a cluster it
     * would know the driver of another job's class loader only.
     *
     * @throws UserError when the password cannot be resolved
     */
    public PGSimpleDataSource dataSource() {
        PGSimpleDataSource source = new DurableDataSource();
        source.setUrl(url);
        source.setUser(user);
        source.setPassword(password.resolve().reveal());
        source.setApplicationName(APPLICATION_NAME);
        source.setConnectTimeout(CONNECT_TIMEOUT_SECONDS);
        source.setSocketTimeout(SOCKET_TIMEOUT_SECONDS);
        source.setTcpKeepAlive(true);
        return source;
    }
}
