package io.tallymark.report;

import io.tallymark.database.Database;
import io.tallymark.database.Outage;
import io.tallymark.usage.Delivery;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import java.util.random.RandomGenerator;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes outcomes, those of a moment in one transaction. While the database is away it lets them go rather than fail the job: their
 * claims run out, and the same identifiers are sent again, which tells the outcome anew. Counts {@code stripeCalls} by {@code outcome},
 * {@code stripeReplies} by {@code pressure}, and {@code unrecordedReports}.
 */
final class OutcomeWriter implements SinkWriter<ReportOutcome> {
    private static final Logger LOG = LoggerFactory.getLogger(OutcomeWriter.class);
    private static final int MOST_AT_ONCE = 500;
    private static final long LONGEST_WAIT_MILLIS = 10;

    private final Database database;
    private final ProcessingTimeService clock;
    private final RandomGenerator random = RandomGenerator.getDefault();
    private final OutcomeRecorder recorder = new OutcomeRecorder(new RetryBackoff(random), StepListener.NONE);
    private final Outage outage = new Outage("Reporting", "recording an outcome");
    private final Map<Delivery.Outcome, Counter> recorded = new EnumMap<>(Delivery.Outcome.class);
    private final Map<Delivery.Pressure, Counter> felt = new EnumMap<>(Delivery.Pressure.class);
    private final Counter unrecorded;
    private final List<ReportOutcome> waiting = new ArrayList<>();
    private @Nullable ScheduledFuture<?> flush;

    OutcomeWriter(Database database, MetricGroup metrics, ProcessingTimeService clock) {
        this.database = database;
        this.clock = clock;
        for (Delivery.Outcome outcome : Delivery.Outcome.values()) {
            recorded.put(outcome, metrics.addGroup("outcome", word(outcome)).counter("stripeCalls"));
        }
        for (Delivery.Pressure pressure : Delivery.Pressure.values()) {
            felt.put(pressure, metrics.addGroup("pressure", word(pressure)).counter("stripeReplies"));
        }
        unrecorded = metrics.counter("unrecordedReports");
    }

    @Override
    public void write(ReportOutcome outcome, Context context) throws IOException {
        waiting.add(outcome);
        if (waiting.size() >= MOST_AT_ONCE) {
            record();
        } else if (flush == null) {
            flush = clock.registerTimer(clock.getCurrentProcessingTime() + LONGEST_WAIT_MILLIS, time -> {
                flush = null;
                record();
            });
        }
    }

    @Override
    public void flush(boolean endOfInput) throws IOException {
        record();
    }

    @Override
    public void close() {
        if (flush != null) {
            flush.cancel(false);
        }
        database.close();
    }

    private void record() throws IOException {
        if (waiting.isEmpty()) {
            return;
        }
        List<ReportOutcome> batch = List.copyOf(waiting);
        waiting.clear();
        try {
            database.inTransaction(connection -> {
                recorder.record(connection, batch);
                PaceTable.adapt(
                        connection, batch.stream().map(ReportOutcome::delivery).toList(), random);
                return true;
            });
            outage.succeeded();
            batch.forEach(this::recorded);
        } catch (SQLException e) {
            unrecorded.inc(batch.size());
            letGo(e);
        }
    }

    private void recorded(ReportOutcome outcome) {
        Delivery delivery = outcome.delivery();
        inc(recorded.get(delivery.outcome()));
        inc(felt.get(delivery.pressure()));
        if (delivery.outcome() == Delivery.Outcome.REJECTED || delivery.outcome() == Delivery.Outcome.AMBIGUOUS) {
            LOG.warn(
                    "Report not taken: outcome={} identifier={} {} request={} detail=\"{}\"",
                    word(delivery.outcome()),
                    outcome.claim().report().identifier(),
                    outcome.claim().hour(),
                    delivery.requestId(),
                    delivery.detail());
        }
    }

    private static void inc(@Nullable Counter counter) {
        if (counter != null) {
            counter.inc();
        }
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private void letGo(SQLException failure) throws IOException {
        try {
            outage.failed(failure);
        } catch (SQLException mistake) {
            throw new IOException("cannot record outcomes", mistake);
        }
    }
}
