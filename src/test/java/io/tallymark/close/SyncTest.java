package io.tallymark.close;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.report.Waiting;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What {@code sync} waits for: what time may mend, and nothing else. */
class SyncTest {
    private static final Instant HOUR = Instant.parse("2026-10-25T13:00:00Z");
    private static final Instant RENEWAL = CloseRig.BOUNDARY.plusSeconds(150);

    private final List<Waiting> named = new ArrayList<>();
    private CloseRig rig;
    private long behind;

    @BeforeEach
    void open() throws SQLException {
        rig = new CloseRig();
    }

    @AfterEach
    void close() throws SQLException {
        rig.close();
    }

    @Test
    void unmappedSubjectIsNamedAndKeepsNobodyElsesInvoice() throws SQLException {
        rig.subscribe("pro");
        rig.total("bytes", HOUR, "7");
        rig.total("stranger", "requests", HOUR, "3", true);
        rig.total("stranger", "requests", HOUR.plusSeconds(3600), "4", true);
        rig.now(RENEWAL);
        rig.watermark(CloseRig.BOUNDARY);

        Synced synced = syncWithoutWaiting();

        assertThat(synced.isSettled()).isTrue();
        assertThat(synced.isComplete()).isFalse();
        assertThat(named).singleElement().satisfies(row -> {
            assertThat(row).isEqualTo(new Waiting("stranger", "requests", "unmapped", 2, HOUR));
            assertThat(row.remedy()).contains("./tallymark customers import");
        });
        assertThat(synced.waitingHours()).isEqualTo(2);
        assertThat(rig.closeInvoice().decision()).isEqualTo(Closed.Decision.CLOSED);
    }

    @Test
    void usageThatASealDroppedIsNothingToWaitFor() throws SQLException {
        rig.subscribe("pro");
        rig.total("bytes", HOUR, "7");
        rig.now(HOUR.plusSeconds(7300));
        rig.watermark(HOUR.plusSeconds(7200));
        rig.sync();
        rig.cancellation().atHourEnd("acme");
        rig.total("bytes", HOUR, "8");

        Synced synced = syncWithoutWaiting();

        assertThat(rig.books.rows("SELECT amount FROM ledger_entry WHERE to_account = 'unreportable'"))
                .containsExactly("1");
        assertThat(synced.isComplete()).isTrue();
    }

    @Test
    void lateMaximumThatCannotBeCarriedIsNamedWithItsRemedy() throws SQLException {
        rig.subscribe("peaks");
        rig.total("peak", HOUR, "7");
        rig.now(RENEWAL);
        rig.watermark(CloseRig.BOUNDARY);
        rig.sync();
        assertThat(rig.closeInvoice().decision()).isEqualTo(Closed.Decision.CLOSED);
        rig.total("peak", HOUR, "9");

        Synced synced = syncWithoutWaiting();

        assertThat(synced.isSettled()).isTrue();
        assertThat(named).singleElement().satisfies(row -> {
            assertThat(row.reason()).startsWith("review: ");
            assertThat(row.remedy()).contains("by hand", "docs/close.md");
        });
    }

    @Test
    void whatAPersonHasDecidedIsToldAtOnce() throws SQLException {
        rig.total("stranger", "requests", HOUR, "3", true);
        rig.now(RENEWAL);
        assertThat(syncWithoutWaiting().waitingHours()).isEqualTo(1);
        rig.books.execute("UPDATE billing_customer SET customer_id = 'stranger'");

        Synced synced = syncWithoutWaiting();

        assertThat(synced.isComplete()).isTrue();
        assertThat(synced.told()).isEqualTo(1);
    }

    @Test
    void refusedTotalIsLookedAtByAPersonAndNotWaitedFor() throws SQLException {
        rig.subscribe("pro");
        rig.total("bytes", HOUR, "1234567890.1234567");
        rig.now(RENEWAL);

        Synced synced = syncWithoutWaiting();

        assertThat(synced.isSettled()).isTrue();
        assertThat(synced.isComplete()).isFalse();
        assertThat(synced.toLookAt())
                .singleElement()
                .satisfies(finding -> assertThat(finding.detail()).startsWith("rejected"));
    }

    @Test
    void summariesThatAreBehindAreWaitedForAndSaid() throws SQLException {
        rig.subscribe("pro");
        rig.simulator.summaryLag(Duration.ofHours(2));
        rig.total("bytes", HOUR, "7");
        rig.now(RENEWAL);

        Synced synced = sync(Patience.of(Duration.ofSeconds(3), Duration.ofMillis(200)));

        assertThat(synced.isSettled()).isFalse();
        assertThat(synced.pending())
                .singleElement()
                .satisfies(finding -> assertThat(finding.metric()).isEqualTo("bytes"));
        assertThat(behind).isEqualTo(1);
    }

    /** Were it to wait, the test would say so after a minute. */
    private Synced syncWithoutWaiting() throws SQLException {
        Patience patience = Patience.of(Duration.ofMinutes(1), Duration.ofMillis(5));
        Synced synced = sync(patience);
        assertThat(patience.waited()).isLessThan(Duration.ofSeconds(50));
        return synced;
    }

    private Synced sync(Patience patience) throws SQLException {
        return new Sync(rig.database, rig.reporter, rig.reconciliation).run(Optional.empty(), patience, new Listener());
    }

    private final class Listener implements Sync.Progress {
        @Override
        public void at(long told, long left) {}

        @Override
        public void waiting(List<Waiting> found) {
            named.addAll(found);
        }

        @Override
        public void behind(long windows) {
            behind = windows;
        }
    }
}
