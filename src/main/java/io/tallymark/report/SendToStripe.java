package io.tallymark.report;

import io.tallymark.async.HandOver;
import io.tallymark.async.LateOpening;
import io.tallymark.database.Database;
import io.tallymark.usage.Delivery;
import io.tallymark.usage.ReportSender;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.ThreadSafeSimpleCounter;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.api.functions.async.RichAsyncFunction;
import org.apache.flink.util.concurrent.ExecutorThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * Makes the calls, each on a thread of its own. For {@code AsyncDataStream.unorderedWait} with {@link ReportSettings#operatorTimeout()}
 * and a capacity of {@link ReportSettings#concurrency()}. A claim that Flink restored from an old checkpoint is skipped, not sent. One
 * whose outcome is lost with its task stays announced in the database, and whoever claims its hour next repeats it.
 */
public final class SendToStripe extends RichAsyncFunction<ClaimedReport, ReportOutcome> {
    private static final long serialVersionUID = 1L;
    /** Announcements share one transaction at a time. */
    private static final int CONNECTIONS = 1;

    private final ReportSettings settings;
    private final ReportSender.Factory senders;
    private transient @Nullable Database database;
    private transient @Nullable ExecutorService threads;
    private transient HandOver<ReportOutcome> handOver;
    private transient LateOpening<Calls> calls;
    private transient Counter staleClaims;

    @SuppressWarnings("NullAway.Init")
    public SendToStripe(ReportSettings settings, ReportSender.Factory senders) {
        this.settings = settings;
        this.senders = senders;
    }

    @Override
    public void open(OpenContext context) {
        Database openedDatabase = ReportPool.open(settings.database(), CONNECTIONS);
        database = openedDatabase;
        calls = new LateOpening<>("Reporting", () -> calls(openedDatabase), System::nanoTime);
        handOver = new HandOver<>();
        threads = threads(settings.concurrency());
        staleClaims = getRuntimeContext().getMetricGroup().counter("staleClaims", new ThreadSafeSimpleCounter());
    }

    @Override
    public void asyncInvoke(ClaimedReport claim, ResultFuture<ReportOutcome> result) {
        if (threads != null) {
            threads.execute(() -> run(claim, result));
        }
    }

    @Override
    public void timeout(ClaimedReport claim, ResultFuture<ReportOutcome> result) {
        Delivery none = new Delivery(
                Delivery.Outcome.UNKNOWN,
                "",
                "no answer within " + settings.operatorTimeout().toMillis() + " ms",
                0);
        result.complete(List.of(new ReportOutcome(claim, none)));
    }

    @Override
    public void close() {
        if (threads != null) {
            handOver.end();
            threads.shutdownNow();
        }
        if (calls != null) {
            calls.close(opened -> opened.sender().close());
        }
        if (database != null) {
            database.close();
        }
    }

    private void run(ClaimedReport claim, ResultFuture<ReportOutcome> result) {
        try {
            Optional<Calls> opened = calls.get();
            handOver.succeed(
                    result,
                    opened.isEmpty() ? List.of() : outcomes(opened.get().attempt.run(claim)));
        } catch (SQLException | RuntimeException e) {
            handOver.fail(result, e);
        }
    }

    private Calls calls(Database opened) {
        ReportSender sender = senders.open();
        return new Calls(
                sender,
                new ReportAttempt(
                        opened,
                        sender,
                        settings.callLease(),
                        settings.longestAnnouncement(),
                        System::nanoTime,
                        StepListener.NONE));
    }

    private Collection<ReportOutcome> outcomes(Optional<ReportOutcome> outcome) {
        if (outcome.isEmpty()) {
            staleClaims.inc();
        }
        return outcome.stream().toList();
    }

    // The queue needs no bound of its own: the operator lets in no more elements than its capacity.
    private static ExecutorService threads(int count) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                count,
                count,
                1,
                TimeUnit.MINUTES,
                new LinkedBlockingQueue<>(),
                new ExecutorThreadFactory("tallymark-send-to-stripe", HandOver::unexpected));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /** What needs the API key. */
    private record Calls(ReportSender sender, ReportAttempt attempt) {}
}
