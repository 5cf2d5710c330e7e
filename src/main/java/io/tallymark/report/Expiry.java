package io.tallymark.report;

import io.tallymark.usage.Delivery;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives up an hour that Stripe would refuse for its age or bill nowhere: its amount moves to {@code unreportable}, where it stays visible. */
final class Expiry {
    private static final Logger LOG = LoggerFactory.getLogger(Expiry.class);
    private static final Delivery TOO_OLD =
            new Delivery(Delivery.Outcome.UNKNOWN, "", "older than Stripe accepts; its last outcome is unknown", 0);

    private Expiry() {}

    static void carryOut(Connection connection, DueHour hour, NextStep.Expire expire) throws SQLException {
        Optional<ReportIntent> abandoned = expire.abandoned();
        if (abandoned.isPresent()) {
            ReportIntent intent = abandoned.get();
            IntentTable.resolve(
                    connection,
                    List.of(new IntentTable.Fate(intent.identifier(), ReportIntent.State.EXPIRED, false, TOO_OLD)));
            Postings.expired(connection, intent, expire.cause());
        }
        Optional<ReportIntent> rest = expire.rest();
        if (rest.isPresent()) {
            IntentTable.insert(connection, List.of(rest.get()));
            Postings.expired(connection, rest.get(), expire.cause());
        }
        LOG.warn("Usage written off as unreportable: {} cause=\"{}\"", hour, expire.cause());
    }
}
