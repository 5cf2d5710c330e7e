package io.tallymark.billing;

import io.tallymark.database.Database;
import io.tallymark.database.Sql;
import io.tallymark.usage.BillingHour;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** Until when something waits that may end metrics with the running hour: the hour that it bills last is a whole one. */
final class HourEnd {
    private static final String LAST_CARRIED = """
            SELECT max(carry_to) + interval '1 hour' AS end FROM billing_seal
            WHERE customer_id = ? AND metric = ANY (?) AND late <> 'drop'
            """;

    private HourEnd() {}

    /** The end of the last hour to which usage may be carried, which has to be billed as well; of none: long ago. */
    static Instant ofCarried(Database database, String customerId, Set<String> metrics) throws SQLException {
        return database.inTransaction(connection -> Sql.query(
                        connection,
                        row -> Optional.ofNullable(Sql.instantOrNull(row, "end")),
                        LAST_CARRIED,
                        customerId,
                        metrics.toArray(String[]::new)))
                .get(0)
                .orElse(Instant.MIN);
    }

    /** The end of the running hour, or of one after it to which usage is carried. */
    static Instant next(Instant now, Instant carried) {
        Instant end = Instant.ofEpochMilli(BillingHour.containing(now).endMillis());
        return carried.isAfter(end) ? carried : end;
    }
}
