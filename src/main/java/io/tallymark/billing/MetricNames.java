package io.tallymark.billing;

import io.tallymark.catalog.Marks;
import io.tallymark.database.Database;
import io.tallymark.database.Sql;
import io.tallymark.stripe.StripeBilling;
import io.tallymark.stripe.StripeMeter;
import io.tallymark.stripe.StripePrice;
import io.tallymark.stripe.StripeSubscriptionItem;
import io.tallymark.usage.Meter;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which metric a price bills: by its meter's event name, or by our mark on a price from before meters. What a price bills never changes,
 * so each is asked for once. Thread safe.
 */
final class MetricNames {
    private static final String REGISTERED = "SELECT event_name, metric FROM reported_meter WHERE event_name <> ''";

    private final StripeBilling stripe;
    private final Map<String, String> metricByEventName;
    private final Collection<String> metrics;
    private final Map<String, Optional<String>> metricByMeter = new ConcurrentHashMap<>();
    private final Map<String, Optional<String>> metricByPrice = new ConcurrentHashMap<>();

    private MetricNames(StripeBilling stripe, Map<String, String> metricByEventName, Collection<String> metrics) {
        this.stripe = stripe;
        this.metricByEventName = Map.copyOf(metricByEventName);
        this.metrics = List.copyOf(metrics);
    }

    /** Of the meters of tallymark.yaml, and of those that the job has registered. */
    static MetricNames of(StripeBilling stripe, Database database, List<Meter> meters) throws SQLException {
        Map<String, String> metricByEventName = new HashMap<>();
        database.inTransaction(connection ->
                Sql.query(connection, row -> metricByEventName.put(row.getString(1), row.getString(2)), REGISTERED));
        meters.forEach(meter -> meter.stripe()
                .filter(report -> !report.eventName().isEmpty())
                .ifPresent(report -> metricByEventName.put(report.eventName(), meter.metric())));
        return new MetricNames(
                stripe, metricByEventName, meters.stream().map(Meter::metric).toList());
    }

    /** Empty for a fee, and for usage that is not ours. */
    Optional<String> of(StripeSubscriptionItem item) {
        Optional<String> metric = item.isMetered() ? metric(item.meterId(), item.priceMetadata()) : Optional.empty();
        // A mark may be set on a legacy price later.
        if (!item.isLegacy() || metric.isPresent()) {
            metricByPrice.put(item.priceId(), metric);
        }
        return metric;
    }

    /** As {@link #of}, of a price that only its id is known of; asks Stripe the first time. */
    Optional<String> ofPrice(String priceId) {
        Optional<String> known = metricByPrice.get(priceId);
        if (known != null) {
            return known;
        }
        Optional<String> metric = stripe.price(priceId).flatMap(this::of);
        metricByPrice.put(priceId, metric);
        return metric;
    }

    /** Empty for a fee, and for usage that is not ours. */
    Optional<String> of(StripePrice price) {
        StripePrice.Usage usage = price.terms().usage();
        return usage == null ? Optional.empty() : metric(usage.meterId(), price.metadata());
    }

    private Optional<String> metric(String meterId, Map<String, String> priceMetadata) {
        if (meterId.isEmpty()) {
            return Optional.ofNullable(priceMetadata.get(Marks.METRIC)).filter(metrics::contains);
        }
        Optional<String> known = metricByMeter.get(meterId);
        if (known == null) {
            readMeters();
            known = metricByMeter.computeIfAbsent(meterId, id -> Optional.empty());
        }
        return known;
    }

    private void readMeters() {
        for (StripeMeter meter : stripe.meters()) {
            metricByMeter.put(meter.id(), Optional.ofNullable(metricByEventName.get(meter.eventName())));
        }
    }
}
