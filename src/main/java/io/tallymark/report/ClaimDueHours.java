package io.tallymark.report;

import io.tallymark.async.LateOpening;
import io.tallymark.database.Database;
import io.tallymark.usage.ReportSender;
import java.util.Optional;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.metrics.Counter;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Turns each tick into the reports that may be sent now; none while there is no API key that could send them. Belongs at parallelism 1:
 * the rate is kept here.
 */
public final class ClaimDueHours extends RichFlatMapFunction<Long, ClaimedReport> {
    private static final long serialVersionUID = 1L;
    private static final int CONNECTIONS = 1;

    private final ReportSettings settings;
    private final ReportSender.Factory senders;
    private transient @Nullable Database database;
    private transient LateOpening<DueHourClaimer> claimer;
    private transient Counter claimedReports;
    private transient UnreportedMetrics unreported;

    @SuppressWarnings("NullAway.Init")
    public ClaimDueHours(ReportSettings settings, ReportSender.Factory senders) {
        this.settings = settings;
        this.senders = senders;
    }

    @Override
    public void open(OpenContext context) {
        Database opened = ReportPool.open(settings.database(), CONNECTIONS);
        database = opened;
        claimer = new LateOpening<>("Reporting", () -> claimer(opened), System::nanoTime);
        claimedReports = getRuntimeContext().getMetricGroup().counter("claimedReports");
        unreported = new UnreportedMetrics(getRuntimeContext().getMetricGroup(), settings.meters());
    }

    @Override
    public void flatMap(Long tick, Collector<ClaimedReport> out) throws Exception {
        Optional<DueHourClaimer> opened = claimer.get();
        if (opened.isPresent()) {
            for (ClaimedReport claimed : opened.get().tick()) {
                claimedReports.inc();
                out.collect(claimed);
            }
        }
        if (database != null) {
            unreported.refresh(database);
        }
    }

    @Override
    public void close() {
        if (database != null) {
            database.close();
        }
    }

    private DueHourClaimer claimer(Database opened) {
        return new DueHourClaimer(
                opened, settings, settings.callsPerSecond(senders.live()), System::nanoTime, StepListener.NONE);
    }
}
