package io.tallymark.close;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An invoice that bills usage, as the mirror has it.
 *
 * @param stripeCustomerId {@code cus_…}
 * @param customer whose usage it bills; null: the Stripe customer is not mapped
 * @param status Stripe's
 * @param start of the period, inside
 * @param end of the period, outside; where a cancellation cut it off, the last hour's end that is billed
 * @param billed what the lines bill, by metric
 * @param metrics that it bills, with usage or without
 * @param subscriptionLives whether another period follows: of the subscription, be it the last one that is not billed yet, or of the
 *     customer's next payer
 */
record ClosingInvoice(
        String id,
        String stripeCustomerId,
        @Nullable String customer,
        String status,
        Instant start,
        Instant end,
        boolean autoAdvance,
        Instant createdAt,
        Map<String, Billed> billed,
        Set<String> metrics,
        boolean subscriptionLives) {
    ClosingInvoice {
        billed = Map.copyOf(billed);
        metrics = Set.copyOf(metrics);
    }

    /**
     * What the lines of a metric bill.
     *
     * @param start of the earliest line, inside
     * @param end of the latest line, outside
     * @param changes of the price, in order, between the two: the lines before and after each are rated apart
     */
    record Billed(BigDecimal quantity, Instant start, Instant end, List<Instant> changes) {
        Billed {
            changes = List.copyOf(changes);
        }

        /** Its stretches of one price each, in order. */
        List<Rated> rated() {
            List<Rated> rated = new ArrayList<>();
            Instant from = start;
            for (Instant change : changes) {
                rated.add(new Rated(from, change));
                from = change;
            }
            rated.add(new Rated(from, end));
            return rated;
        }
    }

    /** Usage between two instants that one price bills. */
    record Rated(Instant start, Instant end) {}

    /** Of a metric without lines: nothing of the whole period. */
    Billed billed(String metric) {
        return billed.getOrDefault(metric, new Billed(BigDecimal.ZERO, start, end, List.of()));
    }

    Optional<String> customerId() {
        return Optional.ofNullable(customer);
    }

    boolean isDraft() {
        return status.equals("draft");
    }

    /** Nothing is to be paid for it any more. */
    boolean isVoid() {
        return status.equals("void");
    }

    /** First full hour of what follows: an hour that the boundary cuts belongs to the period in which it begins. */
    Instant carryTo() {
        Instant hour = end.atZone(ZoneOffset.UTC).truncatedTo(ChronoUnit.HOURS).toInstant();
        return hour.isBefore(end) ? hour.plus(1, ChronoUnit.HOURS) : hour;
    }
}
