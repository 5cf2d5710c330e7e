package io.tallymark.reconcile;

import io.tallymark.async.HandOver;
import io.tallymark.async.LateOpening;
import io.tallymark.database.Database;
import io.tallymark.usage.MeterErrors;
import io.tallymark.usage.ReportSender;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.ThreadSafeSimpleCounter;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.api.functions.async.RichAsyncFunction;
import org.apache.flink.util.concurrent.ExecutorThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * Sweeps in a thread of its own, one look at a time; ticks that come meanwhile are let go, so no checkpoint ever waits for Stripe. For
 * {@code AsyncDataStream.unorderedWait} at parallelism 1. Keeps nothing in Flink and emits nothing: the truth is in the database.
 */
public final class SweepReports extends RichAsyncFunction<Long, Long> {
    private static final long serialVersionUID = 1L;

    private final ReconcileSettings settings;
    private final ReportSender.Factory senders;
    private final MeterErrors.Factory errorReaders;
    private transient @Nullable Database database;
    private transient @Nullable ExecutorService thread;
    private transient HandOver<Long> handOver;
    private transient LateOpening<Account> account;
    private transient AtomicBoolean looking;
    private transient Counter confirmedReports;
    private transient Counter comparedWindows;
    private transient Counter differingWindows;
    private transient OpenFindings findings;

    @SuppressWarnings("NullAway.Init")
    public SweepReports(ReconcileSettings settings, ReportSender.Factory senders, MeterErrors.Factory errorReaders) {
        this.settings = settings;
        this.senders = senders;
        this.errorReaders = errorReaders;
    }

    /** The timeout to give to the async operator: no look takes as long. */
    public static long timeoutMillis() {
        return Sweep.LEASE.toMillis();
    }

    /** The capacity to give to it: the look under way, and ticks that are let go at once. */
    public static int capacity() {
        return 2;
    }

    @Override
    public void open(OpenContext context) {
        Database openedDatabase = ReconcilePool.open(settings.database());
        database = openedDatabase;
        account = new LateOpening<>("Reconciliation", () -> account(openedDatabase), System::nanoTime);
        looking = new AtomicBoolean();
        handOver = new HandOver<>();
        thread = new ThreadPoolExecutor(
                1,
                1,
                0,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(1),
                new ExecutorThreadFactory("tallymark-sweep", HandOver::unexpected));
        confirmedReports = counter("confirmedReports");
        comparedWindows = counter("comparedWindows");
        differingWindows = counter("differingWindows");
        findings = new OpenFindings(getRuntimeContext().getMetricGroup());
    }

    @Override
    public void asyncInvoke(Long tick, ResultFuture<Long> result) {
        if (thread != null && looking.compareAndSet(false, true)) {
            thread.execute(() -> look(result));
        } else {
            result.complete(List.of());
        }
    }

    /** The look goes on; its outcome is in the database when it ends. */
    @Override
    public void timeout(Long tick, ResultFuture<Long> result) {
        result.complete(List.of());
    }

    @Override
    public void close() {
        if (thread != null) {
            handOver.end();
            thread.shutdownNow();
        }
        if (account != null) {
            account.close(Account::close);
        }
        if (database != null) {
            database.close();
        }
    }

    private void look(ResultFuture<Long> result) {
        try {
            Optional<Account> opened = account.get();
            Sweep.Looked looked =
                    opened.isEmpty() ? Sweep.Looked.NOTHING : opened.get().sweep.tick();
            confirmedReports.inc(looked.confirmed());
            comparedWindows.inc(looked.windows());
            differingWindows.inc(looked.differences());
            if (database != null) {
                findings.refresh(database);
            }
            handOver.succeed(result, List.of());
        } catch (SQLException | RuntimeException e) {
            handOver.fail(result, e);
        } finally {
            // Whatever ended the look, an Error too: the next tick may begin another, and this one must not stay open.
            handOver.succeed(result, List.of());
            looking.set(false);
        }
    }

    private Account account(Database opened) {
        ReportSender sender = senders.open();
        try {
            MeterErrors errors = errorReaders.open();
            return new Account(sender, errors, new Sweep(opened, sender, errors, settings, System::nanoTime));
        } catch (RuntimeException e) {
            sender.close();
            throw e;
        }
    }

    private Counter counter(String name) {
        return getRuntimeContext().getMetricGroup().counter(name, new ThreadSafeSimpleCounter());
    }

    /** What needs the API key. */
    private record Account(ReportSender sender, MeterErrors errors, Sweep sweep) {
        void close() {
            sender.close();
            errors.close();
        }
    }
}
