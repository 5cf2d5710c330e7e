package io.tallymark.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.reconcile.ReconcileSettings;
import io.tallymark.reconcile.Reconciliation;
import io.tallymark.reconcile.Scope;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Usage that comes after its hour was billed, told by a real reporter to a Stripe that remembers. */
class SealedHoursTest extends ReportingFixture {
    private static final List<FakeStripe.Fault> FAULTS =
            List.of(FakeStripe.Fault.NONE, FakeStripe.Fault.LOST_BEFORE_STRIPE, FakeStripe.Fault.LOST_AFTER_STRIPE);
    private static final Instant OPEN = TestDatabase.hoursAgo(1);
    private static final Instant BOUNDARY = TestDatabase.hoursAgo(2);

    @Test
    void lateUsageIsBilledWithTheOpenHour() throws SQLException {
        total(TOKENS, "5");
        assertThat(seal("tokens", carry(BOUNDARY, OPEN))).isEmpty();
        database.total(hour("tokens", OPEN), "100");
        total(TOKENS, "7");

        assertThat(stripe.held("tokens", "cus_acme", THREE_AGO)).isEqualByComparingTo("5");
        assertThat(stripe.held("tokens", "cus_acme", OPEN)).isEqualByComparingTo("102");
        assertThat(database.rows("SELECT from_hour = ?, to_hour = ?, amount FROM billing_carry", THREE_AGO, OPEN))
                .containsExactly("t, t, 2");
        assertNothingIsLeft();
        assertThat(database.balance("tokens", "carried")).isZero();
        assertThat(database.texts("SELECT cause FROM ledger_entry WHERE from_account = 'carried'"))
                .containsExactly("carried from " + THREE_AGO + ": invoice in_1 finalized");
    }

    @Test
    void lateVoidIsCarriedAsWell() throws SQLException {
        total(TOKENS, "5");
        total(hour("tokens", OPEN), "100");
        seal("tokens", carry(BOUNDARY, OPEN));
        total(TOKENS, "1");

        assertThat(stripe.held("tokens", "cus_acme", OPEN)).isEqualByComparingTo("96");
        assertNothingIsLeft();
    }

    @Test
    void hourThatIsNotToldYetCannotBeSealed() throws SQLException {
        database.total(TOKENS, "5");

        assertThat(seal("tokens", carry(BOUNDARY, OPEN)))
                .containsExactly(new Seals.OpenHour(THREE_AGO, "about to be reported"));

        List<ClaimedReport> claims = reporter.claim();
        assertThat(seal("tokens", carry(BOUNDARY, OPEN)))
                .as("announced")
                .extracting(Seals.OpenHour::hour)
                .containsExactly(THREE_AGO);

        reporter.record(reporter.call(claims.get(0)).orElseThrow());
        assertThat(seal("tokens", carry(BOUNDARY, OPEN))).isEmpty();
    }

    @Test
    void sealDoesNotTouchLaterHours() throws SQLException {
        total(TOKENS, "5");
        seal("tokens", carry(BOUNDARY, OPEN));
        total(hour("tokens", BOUNDARY), "3");

        assertThat(stripe.held("tokens", "cus_acme", BOUNDARY)).isEqualByComparingTo("3");
        assertThat(database.count("billing_carry")).isZero();
    }

    @Test
    void whatIsCarriedToAnHourOfTheFutureWaitsForIt() throws SQLException {
        Instant next = TestDatabase.hoursAgo(-1);
        total(TOKENS, "5");
        seal("tokens", carry(BOUNDARY, next));
        total(TOKENS, "7");

        assertThat(stripe.held("tokens", "cus_acme", next)).isZero();

        database.advance(Duration.ofHours(1));
        reporter.drain();

        assertThat(stripe.held("tokens", "cus_acme", next)).isEqualByComparingTo("2");
        assertNothingIsLeft();
    }

    @Test
    void whatIsCarriedToAnHourThatStripeTakesNoLongerGoesToTheRunningOne() throws SQLException {
        total(TOKENS, "5");
        seal("tokens", carry(BOUNDARY, OPEN));
        database.advance(Duration.ofDays(40));
        stripe.advance(Duration.ofDays(40));
        total(TOKENS, "7");

        Instant running = TestDatabase.hoursAgo(0).plus(Duration.ofDays(40));
        assertThat(database.rows("SELECT to_hour = ?, amount FROM billing_carry", running))
                .containsExactly("t, 2");
        assertThat(stripe.held("tokens", "cus_acme", running)).isEqualByComparingTo("2");
        assertThat(database.balance("tokens", "unreportable")).isZero();
        assertNothingIsLeft();
    }

    @Test
    void lateUsageWaitsForAReviewIfTheSealSaysSo() throws SQLException {
        total(TOKENS, "5");
        seal("tokens", new Seal(BOUNDARY, Seal.Late.HOLD, OPEN, "invoice in_1 finalized"));
        total(TOKENS, "7");

        assertThat(waiting()).containsExactly(ReportPolicy.FOR_REVIEW);
        assertThat(database.balance("tokens", "unreported")).isEqualByComparingTo("2");

        database.execute("UPDATE billing_seal SET late = 'carry'");
        settle();

        assertThat(stripe.held("tokens", "cus_acme", OPEN)).isEqualByComparingTo("2");
        assertNothingIsLeft();
    }

    @Test
    void afterACancellationLateUsageIsWrittenOffVisibly() throws SQLException {
        total(TOKENS, "5");
        seal("tokens", new Seal(BOUNDARY, Seal.Late.DROP, null, "subscription cancelled"));
        total(TOKENS, "7");

        assertThat(stripe.held("tokens", "cus_acme", THREE_AGO)).isEqualByComparingTo("5");
        assertThat(database.balance("tokens", "unreportable")).isEqualByComparingTo("2");
        assertThat(database.texts("SELECT cause FROM ledger_entry WHERE to_account = 'unreportable'"))
                .containsExactly("subscription cancelled");
        assertNothingIsLeft();
    }

    @Test
    void usageThatWaitsForACancellationIsWrittenOffWithIt() throws SQLException {
        total(TOKENS, "5");
        seal("tokens", new Seal(BOUNDARY.plusMillis(400), Seal.Late.HOLD, OPEN, "subscription cancelled"));
        total(TOKENS, "7");
        assertThat(waiting()).containsExactly(ReportPolicy.FOR_REVIEW);

        // Stripe's time of the end has no fraction.
        assertThat(seal("tokens", new Seal(BOUNDARY, Seal.Late.DROP, null, "subscription cancelled")))
                .isEmpty();
        settle();

        assertThat(database.balance("tokens", "unreportable")).isEqualByComparingTo("2");
        assertNothingIsLeft();
    }

    @Test
    void reconciliationAgreesWithWhatWasCarried() throws SQLException {
        total(TOKENS, "5");
        seal("tokens", carry(BOUNDARY, OPEN));
        total(TOKENS, "7");

        ReconcileSettings settings = new ReconcileSettings(database.access(), true, 2, Duration.ZERO, Duration.ZERO);
        try (Reconciliation reconciliation = Reconciliation.open(settings, stripe)) {
            assertThat(reconciliation
                            .run(Scope.ALL, Reconciliation.Repairs.NONE, 50, (done, all) -> {})
                            .isInOrder())
                    .isTrue();
        }
        assertThat(database.count("stripe_report WHERE state <> 'confirmed'")).isZero();
    }

    /** Changes at any time of any hour, calls that fail, periods that are billed: each unit is on one bill. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void everyUnitIsBilledOnce(long seed) throws SQLException {
        Random random = new Random(seed);
        List<Instant> boundaries = new ArrayList<>(List.of(TestDatabase.hoursAgo(40)));
        BigDecimal billed = BigDecimal.ZERO;
        for (int step = 0; step < 200; step++) {
            Instant last = boundaries.get(boundaries.size() - 1);
            int choice = random.nextInt(20);
            if (choice < 8) {
                DueHour any = hour("calls", TestDatabase.hoursAgo(1 + random.nextInt(40)));
                database.total(any, "{\"part\": " + random.nextInt(2) + "}", "" + random.nextInt(20), true);
            } else if (choice < 18) {
                stripe.failNext(FAULTS.get(random.nextInt(FAULTS.size())));
                reporter.tick();
                stripe.forgetScript();
                database.letLeasesRunOut();
            } else {
                Instant boundary = last.plus(Duration.ofHours(1 + random.nextInt(6)));
                if (boundary.isBefore(OPEN)
                        && seal("calls", carry(boundary, boundary)).isEmpty()) {
                    billed = billed.add(held(last, boundary));
                    boundaries.add(boundary);
                }
            }
        }
        database.letLeasesRunOut();
        settle();
        billed = billed.add(held(boundaries.get(boundaries.size() - 1), TestDatabase.hoursAgo(-2)));

        assertThat(boundaries).as("seed %d: bills", seed).hasSizeGreaterThan(2);
        assertThat(billed)
                .as("seed %d", seed)
                .isEqualByComparingTo(database.number("SELECT sum(quantity) FROM usage_hourly"));
        assertNothingIsLeft();
    }

    private static Seal carry(Instant before, Instant to) {
        return new Seal(before, Seal.Late.CARRY, to, "invoice in_1 finalized");
    }

    private List<Seals.OpenHour> seal(String metric, Seal seal) throws SQLException {
        try (Connection connection = database.access().connect()) {
            connection.setAutoCommit(false);
            List<Seals.OpenHour> open = Seals.seal(connection, "acme", metric, seal);
            connection.commit();
            return open;
        }
    }

    private void total(DueHour hour, String quantity) throws SQLException {
        database.total(hour, quantity);
        settle();
    }

    /** A claim that carries makes no call: what it made due comes with the next. */
    private void settle() throws SQLException {
        reporter.drain();
        reporter.drain();
    }

    private BigDecimal held(Instant start, Instant end) {
        BigDecimal sum = BigDecimal.ZERO;
        for (Instant hour = start; hour.isBefore(end); hour = hour.plusSeconds(3_600)) {
            sum = sum.add(stripe.held("raw_calls", "cus_acme", hour));
        }
        return sum;
    }

    private static DueHour hour(String metric, Instant start) {
        return DueHour.of(metric, "acme", start);
    }
}
