package io.tallymark.webhook;

import io.tallymark.database.Database;
import io.tallymark.database.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/**
 * The events that were taken. Of all deliveries of an event only one is handled at a time, on whichever machine, and none after one was
 * accepted; no connection is held meanwhile.
 */
final class EventTable {
    private static final int BEING_HANDLED = 0;
    private static final int MOST_DETAIL_CHARS = 1_000;

    private static final String ADD = """
            INSERT INTO webhook_event (event_id, type, object_id, created_at, answer) VALUES (?, ?, ?, ?, 0)
            ON CONFLICT (event_id) DO NOTHING
            """;

    // Whoever handles an event has a minute: then it is taken for dead, and the next delivery is handled.
    private static final String FIND = """
            SELECT answer, received_at < now() - interval '60 seconds' AS long_ago FROM webhook_event
            WHERE event_id = ? FOR UPDATE
            """;

    private static final String COUNT = "UPDATE webhook_event SET deliveries = deliveries + 1 WHERE event_id = ?";

    private static final String TAKE = "UPDATE webhook_event SET answer = 0, received_at = now() WHERE event_id = ?";

    // What was accepted stays so: somebody slower may still answer something else.
    private static final String ANSWER =
            "UPDATE webhook_event SET answer = ?, detail = ? WHERE event_id = ? AND answer <> 200";

    private static final String NEWEST =
            "SELECT type, received_at FROM webhook_event ORDER BY received_at DESC LIMIT 1";

    // Longer than Stripe repeats an event, and than it lists it.
    private static final String PRUNE = """
            DELETE FROM webhook_event WHERE event_id IN (
                SELECT event_id FROM webhook_event WHERE received_at < now() - interval '40 days'
                ORDER BY received_at LIMIT 10000)
            """;

    private final Database database;

    EventTable(Database database) {
        this.database = database;
    }

    /** What a delivery finds. */
    enum Claim {
        /** It is to be handled, and answered by {@link #answer}. */
        TAKEN,
        ACCEPTED_BEFORE,
        /** Another delivery of the event is being handled. */
        BUSY
    }

    /** The newest event that was taken. */
    record Newest(String type, Instant receivedAt) {}

    Claim claim(WebhookEvent event) throws SQLException {
        return database.inTransaction(connection -> {
            boolean added =
                    Sql.update(connection, ADD, event.id(), event.type(), event.objectId(), event.created()) == 1;
            return added ? Claim.TAKEN : claimAgain(connection, event.id());
        });
    }

    void answer(WebhookEvent event, Answer answer) throws SQLException {
        String detail = String.join("; ", answer.reasons());
        database.inTransaction(connection -> Sql.update(
                connection,
                ANSWER,
                answer.kind().status(),
                // Postgres takes no NUL.
                detail.substring(0, Math.min(MOST_DETAIL_CHARS, detail.length()))
                        .replace('\0', ' '),
                event.id()));
    }

    Optional<Newest> newest() throws SQLException {
        return database.inTransaction(connection -> Sql.first(
                connection, row -> new Newest(row.getString("type"), Sql.instant(row, "received_at")), NEWEST));
    }

    /** Deletes some of the rows that are older than 40 days; how many. */
    int prune() throws SQLException {
        return database.inTransaction(connection -> Sql.update(connection, PRUNE));
    }

    private static Claim claimAgain(Connection connection, String id) throws SQLException {
        Claim claim = Sql.first(connection, row -> claim(row.getInt("answer"), row.getBoolean("long_ago")), FIND, id)
                // Pruned a moment ago: the next delivery is the first one again.
                .orElse(Claim.BUSY);
        Sql.update(connection, COUNT, id);
        if (claim == Claim.TAKEN) {
            Sql.update(connection, TAKE, id);
        }
        return claim;
    }

    private static Claim claim(int answer, boolean longAgo) {
        if (answer == Answer.Kind.ACCEPTED.status()) {
            return Claim.ACCEPTED_BEFORE;
        }
        return answer == BEING_HANDLED && !longAgo ? Claim.BUSY : Claim.TAKEN;
    }
}
