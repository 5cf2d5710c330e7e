package io.tallymark.stripe;

import io.tallymark.usage.ReportMode;
import io.tallymark.usage.UsageReport;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * Chooses the Idempotency-Key of a call. An increment has one key for ever, the only protection from counting twice. Everything else has
 * a new one for each call, for a stored failure would be replayed under the old one for a day; it begins with the report's identifier, by
 * which Stripe's error events can be matched.
 */
final class IdempotencyKeys {
    private static final Pattern SUFFIX = Pattern.compile("[0-9a-f]{8}");

    private final RandomGenerator random;

    IdempotencyKeys(RandomGenerator random) {
        this.random = random;
    }

    String keyOf(UsageReport report) {
        return report.mode() == ReportMode.USAGE_RECORD_INCREMENT
                ? report.identifier()
                : report.identifier() + "-" + HexFormat.of().toHexDigits(random.nextInt());
    }

    /** Whether this is what makes a key new: the end of one of ours. */
    static boolean isSuffix(String text) {
        return SUFFIX.matcher(text).matches();
    }
}
