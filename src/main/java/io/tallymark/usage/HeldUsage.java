package io.tallymark.usage;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What Stripe's summaries state, in answer to a {@link UsageQuestion}.
 *
 * @param status whether Stripe could answer
 * @param values by start of the hour, or one value by start of the span; what is not there is 0
 * @param pressure what the reply says about Stripe as a whole
 * @param detail for a person, when there is no answer; never holds a secret
 */
public record HeldUsage(Status status, Map<Instant, BigDecimal> values, Delivery.Pressure pressure, String detail) {
    public HeldUsage {
        values = Map.copyOf(values);
    }

    /** The values, if Stripe could be asked. */
    public static HeldUsage of(Map<Instant, BigDecimal> values) {
        return new HeldUsage(Status.READ, values, Delivery.Pressure.NONE, "");
    }

    /** The one value of a question about a whole span; absent unless Stripe answered. */
    public Optional<BigDecimal> total() {
        return status == Status.READ
                ? Optional.of(values.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add))
                : Optional.empty();
    }

    /** How the question ended. */
    public enum Status {
        READ,
        /** Stripe does not know the customer, or it was deleted. */
        NO_SUCH_CUSTOMER,
        /** There is no active meter with this event name, no such subscription item, or the account has no usage records any more. */
        NO_SUCH_TARGET,
        /** Ask again later. */
        UNREACHABLE
    }
}
