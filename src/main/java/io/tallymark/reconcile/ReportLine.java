package io.tallymark.reconcile;

import io.tallymark.usage.ReportMode;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One row of {@code stripe_report}.
 *
 * @param hour start of the hour it is about
 * @param target event name of the Stripe meter, or the subscription item's id
 * @param stripeCustomerId empty when it expired before anyone mapped the customer
 * @param value what was sent; of an observed one, what Stripe held
 * @param amount what it adds to Stripe's knowledge of the hour
 * @param timestamp the usage's time at Stripe
 * @param attempts calls begun; 0: Stripe never heard of it
 * @param resolved when its fate became known; absent before
 * @param error the last trouble with it; empty: none
 * @param stripeError what Stripe said about it in an error event; empty: nothing
 * @param doubted whether repeating cannot tell its fate any more
 */
record ReportLine(
        Instant hour,
        String identifier,
        int sequence,
        ReportMode mode,
        String target,
        String stripeCustomerId,
        BigDecimal value,
        BigDecimal amount,
        Instant timestamp,
        ReportState state,
        int attempts,
        @Nullable Instant resolved,
        String error,
        String stripeError,
        boolean doubted) {

    /** Stripe has it, by all that its replies said. */
    boolean isAccepted() {
        return state == ReportState.ACCEPTED || state == ReportState.CONFIRMED;
    }

    /** Stripe was called with it and may have it, although it does not count as told. */
    boolean isWrittenOff() {
        return attempts > 0 && !state.isTold() && !state.isUnresolved();
    }

    Optional<Instant> acceptedAt() {
        return isAccepted() ? Optional.ofNullable(resolved) : Optional.empty();
    }

    StripeSide side() {
        return new StripeSide(mode, target, stripeCustomerId);
    }
}
