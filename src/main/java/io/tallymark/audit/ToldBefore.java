package io.tallymark.audit;

import io.tallymark.usage.Meter;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a correction out of the table when Stripe was told the customer's hour under another metric with the same event name: a meter was
 * renamed, and the hour would be billed twice. The first ones are named, all are counted.
 */
final class ToldBefore implements AutoCloseable {
    private static final int SHOWN = 20;

    private final Connection connection;
    private final PrintStream out;
    private final Map<String, String> eventNames;
    private @Nullable PreparedStatement ask;
    private long leftOut;

    /**
     * @param connection used by nobody else; closed with this
     * @param meters as configured
     */
    ToldBefore(Connection connection, List<Meter> meters, PrintStream out) {
        this.connection = connection;
        this.out = out;
        this.eventNames = reported(meters).stream()
                .collect(Collectors.toUnmodifiableMap(
                        Meter::metric, meter -> meter.stripe().orElseThrow().eventName()));
    }

    /** Whether there is anything to ask for: then the database must have the function that answers. */
    static boolean isNeeded(List<Meter> meters) {
        return !reported(meters).isEmpty();
    }

    /** Whether it is left out. */
    boolean holds(ReplayDifference difference) throws SQLException {
        String eventName = eventNames.get(difference.metric());
        String former = eventName == null ? null : former(difference, eventName);
        if (former == null) {
            return false;
        }
        leftOut++;
        if (leftOut <= SHOWN) {
            out.println("replay: left out " + difference.line() + "; Stripe was told this hour of " + former
                    + " under the same event-name " + eventName + ", and would bill it twice");
        }
        return true;
    }

    long leftOut() {
        return leftOut;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    private @Nullable String former(ReplayDifference difference, String eventName) throws SQLException {
        PreparedStatement question = ask;
        if (question == null) {
            question = connection.prepareStatement("SELECT told_before(?, ?, ?, ?)");
            ask = question;
        }
        question.setString(1, difference.metric());
        question.setString(2, eventName);
        question.setString(3, difference.customerId());
        question.setObject(4, difference.hour().atOffset(ZoneOffset.UTC));
        try (ResultSet row = question.executeQuery()) {
            row.next();
            return row.getString(1);
        }
    }

    /** Subscription items are named by no meter. */
    private static List<Meter> reported(List<Meter> meters) {
        return meters.stream()
                .filter(meter -> meter.stripe()
                        .filter(stripe -> !stripe.mode().isUsageRecord())
                        .isPresent())
                .toList();
    }
}
