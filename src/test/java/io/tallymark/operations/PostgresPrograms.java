package io.tallymark.operations;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.tallymark.embedded.ListenPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;

/**
 * Stands in for PostgreSQL's own programs, which this machine may lack, or have too old for the server: commands of the same names that
 * take the same options and have the same effect. A dump is a copy of the database as it is at one moment, kept in the server, and its
 * file says which. Like the real ones they fail on a database that is there already, is missing, or is not empty.
 */
final class PostgresPrograms implements AutoCloseable {
    private static final List<String> NAMES = List.of("pg_dump", "dropdb", "createdb", "pg_restore");

    private final int port;
    private final String owner;
    private final HttpServer server;
    private int dumps;

    private PostgresPrograms(int port, String owner) throws IOException {
        this.port = port;
        this.owner = owner;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
        NAMES.forEach(name -> server.createContext("/" + name, exchange -> answer(exchange, name)));
    }

    /**
     * Writes the commands.
     *
     * @param directory for the {@code PATH}
     * @param port the server's
     * @param owner of the databases that they make
     */
    static PostgresPrograms start(Path directory, int port, String owner) throws IOException {
        PostgresPrograms programs = new PostgresPrograms(port, owner);
        String address = "http://" + ListenPort.LOOPBACK + ":"
                + programs.server.getAddress().getPort() + "/";
        for (String name : NAMES) {
            Path file = Files.writeString(
                    directory.resolve(name),
                    "#!/bin/sh\nprintf '%s\\n' \"$@\" | exec curl -sS --fail-with-body --data-binary @- " + address
                            + name + "\n");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        }
        programs.server.start();
        return programs;
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange, String name) throws IOException {
        try (exchange) {
            String typed = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            byte[] failure = failure(name, Arrays.asList(typed.split("\n", -1))).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(failure.length == 0 ? 200 : 500, failure.length == 0 ? -1 : failure.length);
            exchange.getResponseBody().write(failure);
        }
    }

    private String failure(String name, List<String> words) {
        try {
            run(name, words);
            return "";
        } catch (SQLException | IOException | IllegalArgumentException e) {
            return name + ": " + e.getMessage() + "\n";
        }
    }

    private void run(String name, List<String> words) throws SQLException, IOException {
        String last = words.get(words.size() - 2);
        switch (name) {
            case "pg_dump" -> dump(Path.of(option(words, "--file=")));
            case "dropdb" -> {
                require(words, "--force");
                execute("DROP DATABASE IF EXISTS " + last + " WITH (FORCE)");
            }
            case "createdb" -> execute("CREATE DATABASE " + last + " OWNER " + owner);
            default -> {
                require(words, "--exit-on-error");
                require(words, "--single-transaction");
                restore(Path.of(last), option(words, "--dbname="));
            }
        }
    }

    /** The real one disturbs nobody; a copy needs the database for itself, so the job connects again afterwards. */
    private void dump(Path file) throws SQLException, IOException {
        String copy = "dump_" + ++dumps;
        execute(
                "ALTER DATABASE " + Surroundings.DATABASE + " ALLOW_CONNECTIONS false",
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + Surroundings.DATABASE
                        + "'",
                "CREATE DATABASE " + copy + " TEMPLATE " + Surroundings.DATABASE,
                "ALTER DATABASE " + Surroundings.DATABASE + " ALLOW_CONNECTIONS true");
        Files.writeString(file, copy);
    }

    private void restore(Path file, String into) throws SQLException, IOException {
        try (Connection connection = connect(into);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace")) {
            row.next();
            if (row.getLong(1) > 0) {
                throw new IllegalArgumentException("relations are there already in " + into);
            }
        }
        execute(
                "DROP DATABASE " + into,
                "CREATE DATABASE " + into + " OWNER " + owner + " TEMPLATE " + Files.readString(file));
    }

    private void execute(String... statements) throws SQLException {
        try (Connection connection = connect("postgres");
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://" + ListenPort.LOOPBACK + ":" + port + "/" + database + "?user=postgres");
    }

    private static void require(List<String> words, String option) {
        if (!words.contains(option)) {
            throw new IllegalArgumentException("not without " + option);
        }
    }

    private static String option(List<String> words, String prefix) {
        return words.stream()
                .filter(word -> word.startsWith(prefix))
                .map(word -> word.substring(prefix.length()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("not without " + prefix));
    }
}
