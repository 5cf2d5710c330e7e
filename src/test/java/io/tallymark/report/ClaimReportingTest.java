package io.tallymark.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.usage.Delivery;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Claims that were lost, came late or are too many. */
class ClaimReportingTest extends ReportingFixture {
    @Test
    void staleClaimMakesNoCall() throws SQLException {
        database.total(TOKENS, "5");
        ClaimedReport stale = reporter.claim().get(0);
        database.letLeasesRunOut();
        assertThat(reporter.call(stale)).as("its lease is over").isEmpty();
        ClaimedReport fresh = reporter.claim().get(0);

        assertThat(reporter.call(stale)).as("its lane went to another").isEmpty();
        reporter.record(reporter.call(fresh).orElseThrow());
        assertThat(reporter.call(fresh)).as("its report is resolved").isEmpty();
        assertThat(stripe.calls()).hasSize(1);
    }

    @Test
    void lateOutcomeOfALostLaneIsRecordedButDoesNotFreeTheLane() throws SQLException {
        database.total(TOKENS, "5");
        ClaimedReport first = reporter.claim().get(0);
        ReportOutcome late = reporter.call(first).orElseThrow();
        database.letLeasesRunOut();
        ClaimedReport second = reporter.claim().get(0);
        assertThat(second.report()).isEqualTo(first.report());
        database.total(TOKENS, "6");

        reporter.record(late);

        assertThat(reporter.claim()).as("the second claim holds the lane").isEmpty();
        assertThat(reporter.call(second)).as("and finds its report resolved").isEmpty();
        database.letLeasesRunOut();
        reporter.drain();
        assertStripeEqualsTable();
    }

    @Test
    void recordingAnOutcomeTwiceChangesNothing() throws SQLException {
        database.total(CALLS, "5");
        ReportOutcome outcome = reporter.call(reporter.claim().get(0)).orElseThrow();
        reporter.record(outcome);
        reporter.record(outcome);
        reporter.record(new ReportOutcome(outcome.claim(), new Delivery(Delivery.Outcome.REJECTED, "", "late", 0)));

        assertThat(reports()).containsExactly("1, accepted, 5, 5, 1");
        assertThat(database.balance("calls", "reported")).isEqualByComparingTo("5");
        assertNothingIsLeft();
    }

    @Test
    void restartFreesClaimsThatNeverCameToACall() throws SQLException {
        database.total(TOKENS, "5");
        database.total(CALLS, "6");
        List<ClaimedReport> lost = reporter.claim();
        reporter.call(lost.stream()
                .filter(claim -> claim.hour().metric().equals("calls"))
                .findFirst()
                .orElseThrow());
        try (Reporter successor = new Reporter(
                Reporter.settings(database, CustomerMapping.TABLE, Reporter.TOKENS, Reporter.CALLS), stripe)) {
            assertThat(successor.claim())
                    .as("only the one that may be in a call keeps its lease")
                    .extracting(claim -> claim.hour().metric())
                    .containsExactly("tokens");
        }
        for (ClaimedReport claim : lost) {
            if (claim.hour().metric().equals("tokens")) {
                assertThat(reporter.call(claim)).isEmpty();
            }
        }
    }

    @Test
    void concurrencyBoundsTheReportsInFlight() throws SQLException {
        customers(5);
        try (Reporter bounded = new Reporter(settings(2, 100), stripe)) {
            List<ClaimedReport> inFlight = bounded.claim();
            assertThat(inFlight).hasSize(2);
            assertThat(bounded.claim()).isEmpty();
            bounded.record(bounded.call(inFlight.get(0)).orElseThrow());
            assertThat(bounded.claim()).hasSize(1);
        }
    }

    @Test
    void lookSaysWhetherALimitEndedIt() throws SQLException {
        customers(3);
        try (Reporter unlimited = new Reporter(settings(512, 100), stripe)) {
            assertThat(unlimited.claim()).as("takes the meter in").hasSize(3);
        }
        database.letLeasesRunOut();

        assertThat(look(2, 512)).as("the rate's").isEqualTo("2, more waiting");
        assertThat(look(2, 2)).as("the calls in flight").isEqualTo("0, more waiting");
        assertThat(look(2, 512)).as("none: one was left").isEqualTo("1");
        assertThat(look(2, 512)).isEqualTo("0");
    }

    @Test
    void standstillIsCaughtUpOnlyWhileReportsWaitAndStripeIsInOrder() throws SQLException {
        AtomicLong now = new AtomicLong();
        customers(200);
        try (Reporter standing = new Reporter(settings(512, 20), stripe, StepListener.NONE, now::get)) {
            assertThat(standing.claim()).hasSize(20);

            now.addAndGet(Duration.ofSeconds(10).toNanos());
            assertThat(standing.claim()).as("a tenth more than the rate").hasSize(22);

            database.execute("UPDATE report_pace SET paused_until = report_now() + interval '1 h'");
            now.addAndGet(Duration.ofSeconds(10).toNanos());
            assertThat(standing.claim()).as("paused").isEmpty();
            database.execute("UPDATE report_pace SET paused_until = NULL");
            now.addAndGet(Duration.ofSeconds(10).toNanos());
            assertThat(standing.claim()).as("as before").hasSize(20);
        }
    }

    private void customers(int count) throws SQLException {
        for (int i = 0; i < count; i++) {
            database.total(DueHour.of("tokens", "customer" + i, THREE_AGO), "1");
        }
    }

    private String look(int mostCalls, int concurrency) throws SQLException {
        ReportSettings settings = settings(concurrency, 100);
        ReportClaims claims = new ReportClaims(
                new ReportPolicy(settings.meters(), settings.customerMapping()), settings.lease(), StepListener.NONE);
        try (Connection connection = database.access().connect()) {
            ReportClaims.Claim claim = claims.claim(connection, mostCalls, concurrency);
            return claim.reports().size() + (claim.moreWaiting() ? ", more waiting" : "");
        }
    }

    private ReportSettings settings(int concurrency, int callsPerSecond) {
        return new ReportSettings(
                database.access(),
                List.of(Reporter.TOKENS),
                CustomerMapping.IDENTITY,
                concurrency,
                callsPerSecond,
                Duration.ofSeconds(1),
                ReportSettings.DEFAULT_LEASE,
                ReportSettings.DEFAULT_CALL_DEADLINE);
    }
}
