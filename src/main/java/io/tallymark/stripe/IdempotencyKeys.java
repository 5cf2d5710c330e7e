package io.tallymark.stripe;

import io.tallymark.usage.UsageReport;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * Chooses the Idempotency-Key of a call. A usage record has one key for ever: the only protection of an increment from counting twice,
 * and of a newer total from an older one whose caller was held up. A meter event has its identifier for that, and a new key for each
 * call, for a stored failure would be replayed under the old one for a day; it begins with the report's identifier, by which Stripe's
 * error events can be matched.
 */
final class IdempotencyKeys {
    private static final Pattern SUFFIX = Pattern.compile("[0-9a-f]{8}");

    private final RandomGenerator random;

    IdempotencyKeys(RandomGenerator random) {
        this.random = random;
    }

    String keyOf(UsageReport report) {
        return report.mode().isUsageRecord()
                ? report.identifier()
                : report.identifier() + "-" + HexFormat.of().toHexDigits(random.nextInt());
    }

    /** Whether this is what makes a key new: the end of one of ours. */
    static boolean isSuffix(String text) {
        return SUFFIX.matcher(text).matches();
    }
}
