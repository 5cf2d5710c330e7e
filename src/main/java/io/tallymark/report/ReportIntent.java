package io.tallymark.report;

import io.tallymark.usage.ReportMode;
import io.tallymark.usage.UsageReport;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One row of {@code stripe_report}: something that was, is or will be told to Stripe about an hour.
 *
 * @param sequence counts the intents of the hour from 1
 * @param stripeCustomerId empty when it expired before anyone mapped the customer
 * @param eventName of the Stripe meter; the subscription item's id for usage records
 * @param value what is sent
 * @param amount what it adds to Stripe's knowledge of the hour
 * @param timestamp the usage's time at Stripe
 * @param attempts calls begun
 * @param firstSent when the first of them began; absent before
 * @param lastSent when the newest of them began; absent before
 * @param doubted since when only reading back can tell whether it arrived; absent: repeating can
 * @param freed an observation that Stripe does not know the customer: when it holds nothing of the hour, nothing ties the hour to it
 */
record ReportIntent(
        DueHour hour,
        String identifier,
        int sequence,
        ReportMode mode,
        String eventName,
        String stripeCustomerId,
        BigDecimal value,
        BigDecimal amount,
        Instant timestamp,
        State state,
        int attempts,
        @Nullable Instant firstSent,
        @Nullable Instant lastSent,
        @Nullable Instant doubted,
        boolean freed) {

    /** A new intent, not yet announced. Its identifier follows from the rest. */
    static ReportIntent create(
            DueHour hour,
            int sequence,
            Target target,
            BigDecimal value,
            BigDecimal amount,
            Instant timestamp,
            State state) {
        String identifier = ReportIdentifier.of(hour, sequence, target, value, timestamp);
        return new ReportIntent(
                hour,
                identifier,
                sequence,
                target.mode(),
                target.name(),
                target.stripeCustomerId(),
                Quantity.plain(value),
                Quantity.plain(amount),
                timestamp,
                state,
                0,
                null,
                null,
                null,
                false);
    }

    /** Announced, and its fate not known. */
    boolean isUnresolved() {
        return state == State.PENDING || state == State.SENT || state == State.AMBIGUOUS;
    }

    /** Not told, but Stripe may hold it all the same: the last of several calls was refused, or nobody knows about the only one. */
    boolean mayHaveArrived() {
        return switch (state) {
            case REJECTED -> attempts > 1;
            case LOST -> !mode.addsUp();
            default -> false;
        };
    }

    Target target() {
        return new Target(mode, eventName, stripeCustomerId);
    }

    /** Stripe has it, or its summaries said so of what it has instead. */
    boolean isTold() {
        return state == State.ACCEPTED || state == State.CONFIRMED || state == State.OBSERVED;
    }

    Optional<Instant> firstSentAt() {
        return Optional.ofNullable(firstSent);
    }

    Optional<Instant> lastSentAt() {
        return Optional.ofNullable(lastSent);
    }

    Optional<Instant> doubtedAt() {
        return Optional.ofNullable(doubted);
    }

    /** What is sent. */
    UsageReport report() {
        return new UsageReport(identifier, mode, eventName, stripeCustomerId, Quantity.plain(value), timestamp);
    }

    /** The states of {@code stripe_report}, as V3 and V5 of the schema explain them. */
    enum State {
        PENDING,
        SENT,
        ACCEPTED,
        CONFIRMED,
        REJECTED,
        UNMAPPED,
        EXPIRED,
        AMBIGUOUS,
        LOST,
        OBSERVED;

        String sqlName() {
            return name().toLowerCase(Locale.ROOT);
        }

        static State fromSql(String name) {
            return valueOf(name.toUpperCase(Locale.ROOT));
        }
    }
}
