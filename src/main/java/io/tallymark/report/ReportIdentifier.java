package io.tallymark.report;

import io.tallymark.usage.ContentName;
import java.math.BigDecimal;
import java.time.Instant;

/**
 * The identifier of a report, over everything that is sent. So one identifier never carries two values, not even when the database was
 * restored from a backup and has forgotten the first.
 */
final class ReportIdentifier {
    private static final String PREFIX = "tm";

    private ReportIdentifier() {}

    /** At most 89 characters. */
    static String of(DueHour hour, int sequence, Target target, BigDecimal value, Instant timestamp) {
        return ContentName.of(
                PREFIX,
                hour.metric(),
                hour.start(),
                sequence,
                target.mode().configName(),
                target.name(),
                hour.metric(),
                hour.customerId(),
                target.stripeCustomerId(),
                timestamp.toString(),
                Integer.toString(sequence),
                Quantity.plain(value).toPlainString());
    }
}
