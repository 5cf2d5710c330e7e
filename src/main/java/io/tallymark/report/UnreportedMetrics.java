package io.tallymark.report;

import io.tallymark.database.Database;
import io.tallymark.database.LatestReading;
import io.tallymark.usage.Meter;
import java.sql.SQLException;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/**
 * {@link UnreportedUsage} as gauges, a handful for each meter and none for a customer: {@code unreportedQuantity},
 * {@code unreportedHours}, {@code unreportedDueSeconds} and {@code unreportedAgeSeconds} by {@code metric}; {@code unmappedHours} and
 * {@code undecidedHours}.
 */
final class UnreportedMetrics {
    private final LatestReading<UnreportedUsage> reading = new LatestReading<>(
            "Reporting", "what is unreported", UnreportedUsage::read, UnreportedUsage.NOTHING, System::nanoTime);

    UnreportedMetrics(MetricGroup group, List<Meter> meters) {
        meters.stream()
                .filter(meter -> meter.stripe().isPresent())
                .map(Meter::metric)
                .forEach(metric -> register(group.addGroup("metric", metric), metric));
        group.gauge("unmappedHours", (Gauge<Long>) () -> reading.value().unmappedHours());
        group.gauge("undecidedHours", (Gauge<Long>) () -> reading.value().undecidedHours());
    }

    void refresh(Database database) throws SQLException {
        reading.refresh(database);
    }

    private void register(MetricGroup group, String metric) {
        group.gauge("unreportedQuantity", (Gauge<Double>)
                () -> figure(metric, due -> due.quantity().doubleValue()));
        group.gauge("unreportedHours", (Gauge<Double>) () -> figure(metric, UnreportedUsage.OfMeter::hours));
        group.gauge("unreportedDueSeconds", age(metric, UnreportedUsage.OfMeter::dueSeconds));
        group.gauge("unreportedAgeSeconds", age(metric, UnreportedUsage.OfMeter::ageSeconds));
    }

    private Gauge<Double> age(String metric, ToLongFunction<UnreportedUsage.OfMeter> seconds) {
        return () -> figure(metric, due -> seconds.applyAsLong(due) + reading.ageSeconds());
    }

    /** 0 while nothing of the meter is due. */
    private double figure(String metric, ToDoubleFunction<UnreportedUsage.OfMeter> of) {
        return reading.value().meters().stream()
                .filter(due -> due.metric().equals(metric))
                .mapToDouble(of)
                .findFirst()
                .orElse(0);
    }
}
