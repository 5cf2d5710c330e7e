package io.tallymark.report;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the database knows about a due hour at the moment of its claim: the table's side and Stripe's side.
 *
 * @param now the database's clock
 * @param dueSince when the oldest unreported change was written
 * @param total sum of the closed totals over all dimensions
 * @param open whether an early result of the hour is in the table
 * @param mappedCustomer the Stripe customer of {@code billing_customer}; absent: none
 * @param intents every intent of the hour, by sequence
 */
record HourStanding(
        DueHour hour,
        Instant now,
        Instant dueSince,
        BigDecimal total,
        boolean open,
        @Nullable String mappedCustomer,
        List<ReportIntent> intents) {
    HourStanding {
        intents = List.copyOf(intents);
    }

    Optional<String> customer() {
        return Optional.ofNullable(mappedCustomer);
    }

    /** What needs no telling any more: told to Stripe, or given up for its age. */
    BigDecimal settled() {
        return sum(intent -> intent.isTold() || intent.state() == ReportIntent.State.EXPIRED);
    }

    /** At most one: the database holds this. */
    Optional<ReportIntent> unresolved() {
        return intents.stream().filter(ReportIntent::isUnresolved).findFirst();
    }

    Optional<ReportIntent> lastTold() {
        return intents.stream().filter(ReportIntent::isTold).max(Comparator.comparingInt(ReportIntent::sequence));
    }

    int nextSequence() {
        return intents.stream().mapToInt(ReportIntent::sequence).max().orElse(0) + 1;
    }

    /**
     * Whether Stripe may hold a total that it refused: an intent newer than the last told one was rejected, but only after a call whose
     * outcome nobody knows.
     */
    boolean isDoubtful() {
        int lastTold = lastTold().map(ReportIntent::sequence).orElse(0);
        return intents.stream()
                .anyMatch(intent -> intent.state() == ReportIntent.State.REJECTED
                        && intent.attempts() > 1
                        && intent.sequence() > lastTold);
    }

    private BigDecimal sum(Predicate<ReportIntent> which) {
        return intents.stream().filter(which).map(ReportIntent::amount).reduce(BigDecimal.ZERO, BigDecimal::add);
    }
}
