package io.tallymark.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.usage.Delivery;
import io.tallymark.usage.HeldUsage;
import io.tallymark.usage.MeterErrors;
import io.tallymark.usage.ReportSender;
import io.tallymark.usage.UsageQuestion;
import io.tallymark.usage.UsageReport;
import io.tallymark.usage.UserError;
import java.sql.SQLException;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.functions.DefaultOpenContext;
import org.apache.flink.streaming.api.functions.async.CollectionSupplier;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.util.MockStreamingRuntimeContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class SweepReportsTest {
    private static final AtomicInteger OPENED = new AtomicInteger();
    private static final AtomicInteger CLOSED = new AtomicInteger();

    private BooksDatabase books;

    @BeforeEach
    void open() throws SQLException {
        books = new BooksDatabase();
        OPENED.set(0);
        CLOSED.set(0);
    }

    @AfterEach
    void close() throws SQLException {
        books.close();
    }

    @Test
    void lookThatEndsInAnErrorEndsItsTickAndTheNextOneLooks() throws Exception {
        SweepReports sweep = sweep(new BrokenAtFirst(), MeterErrors.UNREAD);

        assertThat(tick(sweep)).isEmpty();
        // The look is over a moment after its tick.
        while (OPENED.get() == 1) {
            assertThat(tick(sweep)).isEmpty();
        }
        sweep.close();
        assertThat(OPENED).hasValue(2);
    }

    @Test
    void senderIsClosedWhenTheReaderOfErrorEventsCannotBeOpened() throws Exception {
        SweepReports sweep = sweep(new Idles(), () -> {
            throw new UserError("stripe.api-key is not set", "export STRIPE_API_KEY");
        });

        assertThat(tick(sweep)).isEmpty();
        assertThat(CLOSED).hasValue(1);
        sweep.close();
    }

    private SweepReports sweep(ReportSender.Factory senders, MeterErrors.Factory errors) {
        SweepReports sweep = new SweepReports(ReconcileSettings.withDefaults(books.access()), senders, errors);
        sweep.setRuntimeContext(new MockStreamingRuntimeContext(1, 0));
        sweep.open(DefaultOpenContext.INSTANCE);
        return sweep;
    }

    private static Collection<Long> tick(SweepReports sweep) throws Exception {
        Result result = new Result();
        sweep.asyncInvoke(1L, result);
        return result.outcome.get(1, TimeUnit.MINUTES);
    }

    /** Fails as a broken installation does, and then works. */
    private record BrokenAtFirst() implements ReportSender.Factory {
        @Override
        public ReportSender open() {
            if (OPENED.incrementAndGet() == 1) {
                throw new NoClassDefFoundError("thrown on purpose");
            }
            return new Idle();
        }

        @Override
        public boolean live() {
            return false;
        }
    }

    private record Idles() implements ReportSender.Factory {
        @Override
        public ReportSender open() {
            return new Idle();
        }

        @Override
        public boolean live() {
            return false;
        }
    }

    /** Is opened and closed. */
    private static final class Idle implements ReportSender {
        @Override
        public Delivery send(UsageReport report) {
            throw new AssertionError("nothing is sent here");
        }

        @Override
        public HeldUsage held(UsageQuestion question) {
            throw new AssertionError("nothing is read here");
        }

        @Override
        public void close() {
            CLOSED.incrementAndGet();
        }
    }

    /** As the operator's: the first outcome counts. */
    private static final class Result implements ResultFuture<Long> {
        private final CompletableFuture<Collection<Long>> outcome = new CompletableFuture<>();

        @Override
        public void complete(Collection<Long> outcomes) {
            outcome.complete(outcomes);
        }

        @Override
        public void completeExceptionally(Throwable failure) {
            outcome.completeExceptionally(failure);
        }

        @Override
        public void complete(CollectionSupplier<Long> supplier) {
            throw new UnsupportedOperationException("not used here");
        }
    }
}
