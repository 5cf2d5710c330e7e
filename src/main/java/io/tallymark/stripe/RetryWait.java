package io.tallymark.stripe;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** How long a reply asks to be left alone: never negative, at most an hour; nonsense is no wait. */
final class RetryWait {
    private static final long LONGEST_MILLIS = Duration.ofHours(1).toMillis();
    private static final long NOT_SOON_MILLIS = Duration.ofSeconds(60).toMillis();

    private RetryWait() {}

    /** {@code Retry-After}; {@code Stripe-Should-Retry: false} means not soon, for the outcome is not known. */
    static long millis(FailedReply reply) {
        long notSoon = "false".equals(reply.header("Stripe-Should-Retry")) ? NOT_SOON_MILLIS : 0;
        return Math.max(notSoon, retryAfterMillis(reply));
    }

    private static long retryAfterMillis(FailedReply reply) {
        String wait = reply.header("Retry-After").strip();
        long millis = wait.matches("\\d{1,9}")
                ? Long.parseLong(wait) * 1_000
                // Both by the server's clock: ours may be wrong.
                : date(wait)
                        .flatMap(until -> date(reply.header("Date")).map(now -> Duration.between(now, until)))
                        .map(Duration::toMillis)
                        .orElse(0L);
        return Math.max(0, Math.min(millis, LONGEST_MILLIS));
    }

    private static Optional<Instant> date(String text) {
        try {
            return Optional.of(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text, Instant::from));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
