package io.tallymark.topology;

import io.tallymark.usage.BillingHour;
import io.tallymark.usage.Contribution;
import org.apache.flink.api.common.functions.FilterFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a replay is about; lets the contributions to it pass.
 *
 * @param firstHour first hour, see {@link BillingHour#epochHour}
 * @param endHour the hour after the last
 * @param customerId the only customer; null for all
 * @param metric the only metric; null for all
 */
public record ReplayScope(
        long firstHour,
        long endHour,
        @Nullable String customerId,
        @Nullable String metric) implements FilterFunction<Contribution> {
    private static final long serialVersionUID = 1L;

    public BillingHour first() {
        return new BillingHour(firstHour);
    }

    public BillingHour end() {
        return new BillingHour(endHour);
    }

    @Override
    public boolean filter(Contribution contribution) {
        long hour = contribution.hour().epochHour();
        return hour >= firstHour
                && hour < endHour
                && (customerId == null || customerId.equals(contribution.key().customerId()))
                && (metric == null || metric.equals(contribution.key().metric()));
    }
}
