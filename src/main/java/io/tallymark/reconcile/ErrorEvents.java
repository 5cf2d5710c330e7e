package io.tallymark.reconcile;

import io.tallymark.database.Database;
import io.tallymark.database.Sql;
import io.tallymark.usage.MeterError;
import io.tallymark.usage.MeterErrors;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes in Stripe's error events: each report that one names carries it from then on, and is looked at at once. */
final class ErrorEvents {
    private static final Logger LOG = LoggerFactory.getLogger(ErrorEvents.class);
    private static final int ERROR_CHARS = 1_000;
    /** Stripe may name a report by its identifier and a dash and eight characters of its own. */
    private static final int SUFFIX_CHARS = 9;

    // One reader at a time, of whichever job.
    private static final String CLAIM = """
            UPDATE reconcile_cursor SET read_at = report_now()
            WHERE read_at IS NULL OR read_at <= report_now() - interval '50 seconds' OR read_at > report_now()
            RETURNING created_at, event_id
            """;

    private static final String ADVANCE =
            "UPDATE reconcile_cursor SET created_at = ?, event_id = ? WHERE created_at <= ?";

    private final Database database;
    private final MeterErrors errors;

    ErrorEvents(Database database, MeterErrors errors) {
        this.database = database;
        this.errors = errors;
    }

    /** @return reports that carry a new error */
    int takeIn() throws SQLException {
        Optional<Cursor> cursor = database.inTransaction(connection -> Sql.first(
                connection, row -> new Cursor(Sql.instant(row, "created_at"), row.getString("event_id")), CLAIM));
        if (cursor.isEmpty()) {
            return 0;
        }
        List<MeterError> news =
                errors.after(cursor.get().created(), cursor.get().eventId()).errors();
        return news.isEmpty() ? 0 : database.inTransaction(connection -> takeIn(connection, news));
    }

    private static int takeIn(Connection connection, List<MeterError> news) throws SQLException {
        int marked = 0;
        for (MeterError error : news) {
            String text = error.code() + ": " + error.message();
            String[] identifiers =
                    error.identifiers().stream().flatMap(ErrorEvents::possible).toArray(String[]::new);
            int found =
                    CheckTable.mark(connection, identifiers, text.substring(0, Math.min(ERROR_CHARS, text.length())));
            if (found > 0) {
                LOG.warn("Stripe reports {} in event {}", error.code(), error.eventId());
            }
            marked += found;
        }
        MeterError last = news.get(news.size() - 1);
        Sql.update(connection, ADVANCE, last.created(), last.eventId(), last.created());
        return marked;
    }

    private static Stream<String> possible(String named) {
        boolean suffixed = named.length() > SUFFIX_CHARS && named.charAt(named.length() - SUFFIX_CHARS) == '-';
        return suffixed ? Stream.of(named, named.substring(0, named.length() - SUFFIX_CHARS)) : Stream.of(named);
    }

    private record Cursor(Instant created, String eventId) {}
}
