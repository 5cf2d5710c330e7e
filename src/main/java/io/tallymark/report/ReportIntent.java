package io.tallymark.report;

import io.tallymark.usage.MeterEvent;
import io.tallymark.usage.ReportMode;
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
 * @param value what is sent
 * @param amount what it adds to Stripe's knowledge of the hour
 * @param attempts calls begun
 * @param firstSent when the first of them began; absent before
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
        State state,
        int attempts,
        @Nullable Instant firstSent) {

    /** A new intent, not yet announced. Its identifier follows from the rest. */
    static ReportIntent create(
            DueHour hour,
            int sequence,
            ReportMode mode,
            String eventName,
            String stripeCustomerId,
            BigDecimal value,
            BigDecimal amount,
            State state) {
        String identifier = ReportIdentifier.of(hour, sequence, mode, eventName, stripeCustomerId, value);
        return new ReportIntent(
                hour,
                identifier,
                sequence,
                mode,
                eventName,
                stripeCustomerId,
                Quantity.plain(value),
                Quantity.plain(amount),
                state,
                0,
                null);
    }

    /** Announced, and its fate not known. */
    boolean isUnresolved() {
        return state == State.PENDING || state == State.SENT;
    }

    /** Stripe has it. */
    boolean isTold() {
        return state == State.ACCEPTED || state == State.CONFIRMED;
    }

    Optional<Instant> firstSentAt() {
        return Optional.ofNullable(firstSent);
    }

    /** What is sent. The timestamp is the start of the hour: at its end it would count for the next one. */
    MeterEvent event() {
        return new MeterEvent(identifier, eventName, stripeCustomerId, Quantity.plain(value), hour.start());
    }

    /** The states of {@code stripe_report}, in the order of a report's life. */
    enum State {
        PENDING,
        SENT,
        ACCEPTED,
        CONFIRMED,
        REJECTED,
        UNMAPPED,
        EXPIRED;

        String sqlName() {
            return name().toLowerCase(Locale.ROOT);
        }

        static State fromSql(String name) {
            return valueOf(name.toUpperCase(Locale.ROOT));
        }
    }
}
