package io.tallymark.reconcile;

import io.tallymark.database.Database;
import io.tallymark.database.Sql;
import io.tallymark.usage.MeterError;
import io.tallymark.usage.MeterErrors;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
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
    /** Stripe's clock against the database's. */
    private static final Duration STRIPE_AHEAD = Duration.ofMinutes(5);

    // One reader at a time, of whichever job.
    private static final String CLAIM = """
            UPDATE reconcile_cursor SET read_at = report_now()
            WHERE read_at IS NULL OR read_at <= report_now() - interval '50 seconds' OR read_at > report_now()
            RETURNING created_at, read_at
            """;

    private static final String ADVANCE =
            "UPDATE reconcile_cursor SET created_at = ?, event_id = ? WHERE created_at <= ?";

    private final Database database;
    private final MeterErrors errors;
    private boolean failing;

    ErrorEvents(Database database, MeterErrors errors) {
        this.database = database;
        this.errors = errors;
    }

    /** @return reports that carry a new error */
    int takeIn() throws SQLException {
        Optional<Cursor> cursor = database.inTransaction(connection -> Sql.first(
                connection, row -> new Cursor(Sql.instant(row, "created_at"), Sql.instant(row, "read_at")), CLAIM));
        if (cursor.isEmpty()) {
            return 0;
        }
        MeterErrors.Answer answer =
                errors.since(cursor.get().created(), cursor.get().now().plus(STRIPE_AHEAD));
        tell(answer.problem());
        List<MeterError> news = answer.errors();
        return news.isEmpty() ? 0 : database.inTransaction(connection -> takeIn(connection, news));
    }

    /** Once when the reading begins to fail, and once when it goes on. */
    private void tell(String problem) {
        if (failing && problem.isEmpty()) {
            LOG.info("Stripe's error events are read again");
        } else if (!failing && !problem.isEmpty()) {
            LOG.warn(
                    "Stripe's error events cannot be read: {}. Summaries are compared all the same; the API key needs the"
                            + " right to read events",
                    problem);
        }
        failing = !problem.isEmpty();
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

    private record Cursor(Instant created, Instant now) {}
}
