package io.tallymark.report;

import io.tallymark.usage.Delivery;
import java.io.IOException;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes outcomes. While the database is away it lets them go rather than fail the job: their claims run out, and the same identifiers
 * are sent again, which tells the outcome anew.
 */
final class OutcomeWriter implements SinkWriter<ReportOutcome> {
    private static final Logger LOG = LoggerFactory.getLogger(OutcomeWriter.class);

    private final ReportDatabase database;
    private final OutcomeRecorder recorder = new OutcomeRecorder(new RetryBackoff(RandomGenerator.getDefault()));
    private final Outage outage = new Outage("recording an outcome");
    private final Map<Delivery.Outcome, Counter> recorded = new EnumMap<>(Delivery.Outcome.class);
    private final Counter unrecorded;

    OutcomeWriter(ReportDatabase database, MetricGroup metrics) {
        this.database = database;
        recorded.put(Delivery.Outcome.ACCEPTED, metrics.counter("acceptedReports"));
        recorded.put(Delivery.Outcome.REJECTED, metrics.counter("rejectedReports"));
        recorded.put(Delivery.Outcome.UNKNOWN, metrics.counter("unknownReports"));
        unrecorded = metrics.counter("unrecordedReports");
    }

    @Override
    public void write(ReportOutcome outcome, Context context) throws IOException {
        Delivery delivery = outcome.delivery();
        try {
            database.inTransaction(connection -> {
                recorder.record(connection, outcome);
                return true;
            });
            outage.succeeded();
            count(delivery.outcome());
        } catch (SQLException e) {
            unrecorded.inc();
            letGo(e);
        }
        if (delivery.outcome() == Delivery.Outcome.REJECTED) {
            LOG.warn(
                    "Stripe rejected report {} ({}): {}",
                    outcome.claim().report().identifier(),
                    outcome.claim().hour(),
                    delivery.detail());
        }
    }

    @Override
    public void flush(boolean endOfInput) {}

    @Override
    public void close() {
        database.close();
    }

    private void count(Delivery.Outcome outcome) {
        Counter counter = recorded.get(outcome);
        if (counter != null) {
            counter.inc();
        }
    }

    private void letGo(SQLException failure) throws IOException {
        try {
            outage.failed(failure);
        } catch (SQLException mistake) {
            throw new IOException("cannot record an outcome", mistake);
        }
    }
}
