package io.tallymark.proof;

import io.tallymark.usage.DatabaseAccess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;

/** Searches places for marks that must not be there. */
final class Leaks {
    private static final List<String> FLINK_PAGES = List.of(
            "/config",
            "/jobmanager/config",
            "/jobmanager/environment",
            "/jobs/overview",
            "/jobs/{job}",
            "/jobs/{job}/config",
            "/jobs/{job}/plan",
            "/jobs/{job}/exceptions",
            "/jobs/{job}/checkpoints",
            "/jobs/{job}/checkpoints/config",
            "/jobs/{job}/accumulators",
            "/taskmanagers");

    private final List<String> marks;
    private final List<String> found = new ArrayList<>();
    private final List<String> places = new ArrayList<>();
    private long searchedBytes;

    Leaks(List<String> marks) {
        this.marks = marks;
    }

    void searchPages(URI flink, JobID job) throws Exception {
        for (String page : FLINK_PAGES) {
            searchPages(flink.resolve(page.replace("{job}", job.toString())));
        }
    }

    void searchPages(URI page) throws IOException, InterruptedException {
        String body = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString())
                .body();
        searchText("page " + page.getPath(), body);
    }

    /** Every row of every table, as text. */
    void searchDatabase(DatabaseAccess database) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            List<String> tables = new ArrayList<>();
            try (ResultSet row = statement.executeQuery(
                    "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = 'public'")) {
                while (row.next()) {
                    tables.add(row.getString(1));
                }
            }
            for (String table : tables) {
                StringBuilder rows = new StringBuilder();
                try (ResultSet row = statement.executeQuery("SELECT t::text FROM " + table + " AS t")) {
                    while (row.next()) {
                        rows.append(row.getString(1)).append('\n');
                    }
                }
                searchText("table " + table, rows.toString());
            }
        }
    }

    /** Every file below a directory, byte by byte. */
    void searchFiles(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                searchFile(file);
            }
        }
    }

    private void searchFile(Path file) throws IOException {
        try {
            searchText("file " + file.getFileName(), Files.readString(file, StandardCharsets.ISO_8859_1));
        } catch (NoSuchFileException e) {
            // An old checkpoint, which Flink has deleted meanwhile.
        }
    }

    void searchText(String place, String text) {
        searchedBytes += text.length();
        places.add(place);
        marks.stream().filter(text::contains).forEach(mark -> found.add(mark + " in " + place));
    }

    List<String> found() {
        return found;
    }

    long searchedBytes() {
        return searchedBytes;
    }

    /** How many places of each kind were searched. */
    String places() {
        long files = places.stream().filter(place -> place.startsWith("file")).count();
        long tables = places.stream().filter(place -> place.startsWith("table")).count();
        long pages = places.stream().filter(place -> place.startsWith("page")).count();
        return files + " files of state, " + tables + " tables, " + pages + " pages and the log";
    }
}
