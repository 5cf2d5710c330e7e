package io.tallymark.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.tallymark.simulator.StripeSimulator;
import io.tallymark.stripe.MeterCheck;
import io.tallymark.stripe.StripeReadings;
import io.tallymark.stripe.StripeReportSender;
import io.tallymark.stripe.StripeSettings;
import io.tallymark.usage.Aggregation;
import io.tallymark.usage.Meter;
import io.tallymark.usage.ReportMode;
import io.tallymark.usage.ReportSender;
import io.tallymark.usage.SecretRef;
import io.tallymark.usage.UsageQuestion;
import io.tallymark.usage.UserError;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A meter is reported otherwise from one job to the next; Stripe's own summaries say whether the table is billed once. */
class ChangedReportTest {
    private static final Instant ANCHOR = TestDatabase.hoursAgo(48);
    private static final Instant PERIOD_END =
            ANCHOR.atZone(ZoneOffset.UTC).plusMonths(1).toInstant();
    private static final Instant FIRST = TestDatabase.hoursAgo(5);
    private static final Instant SECOND = TestDatabase.hoursAgo(4);
    private static final List<ReportMode> METER_MODES =
            List.of(ReportMode.HOURLY_TOTAL, ReportMode.DELTA, ReportMode.PERIOD_TOTAL);

    private TestDatabase database;
    private StripeSimulator simulator;
    private StripeReadings account;
    private ReportSender sender;
    private String customer;
    private String item;

    @BeforeEach
    void open() throws SQLException {
        database = new TestDatabase();
        simulator = StripeSimulator.start(0, InstantSource.system());
        StripeSettings settings =
                StripeSettings.defaults(SecretRef.none("stripe.api-key")).withApiBase(simulator.apiBase());
        account = StripeReadings.open(settings);
        sender = StripeReportSender.open(settings);
        customer = account.createCustomer("Acme");
        item = simulator.createLegacyItem(customer, ANCHOR);
        database.execute("INSERT INTO billing_customer VALUES ('acme', ?, ?, 'month')", customer, ANCHOR);
        database.execute("INSERT INTO billing_item VALUES ('acme', 'calls', ?, '2020-01-01T00:00Z')", item);
    }

    @AfterEach
    void close() throws SQLException {
        sender.close();
        account.close();
        simulator.close();
        database.close();
    }

    static Stream<Arguments> changesOfMode() {
        return METER_MODES.stream()
                .flatMap(from -> METER_MODES.stream().filter(to -> to != from).map(to -> arguments(from, to)));
    }

    @ParameterizedTest
    @MethodSource("changesOfMode")
    void eachHourIsBilledOnceWhenTheNewModeHasAnEventNameOfItsOwn(ReportMode from, ReportMode to) throws SQLException {
        Meter old = meter("calls", "old", from);
        Meter now = meter("calls", "new", to);
        changeFrom(old, now);

        assertThat(held(from, "old")).isEqualByComparingTo("8");
        assertThat(held(to, "new")).isEqualByComparingTo("4");
    }

    @ParameterizedTest
    @MethodSource("changesOfMode")
    void anotherModeUnderTheSameEventNameIsRefused(ReportMode from, ReportMode to) throws SQLException {
        report(meter("calls", "calls", from), total("calls", FIRST, "5"));

        assertThat(problems(Reporter.meter("calls", "calls", to)))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.getMessage())
                            .startsWith("meter calls: stripe.mode " + from.configName() + " -> " + to.configName()
                                    + " with the same event-name calls: hours that Stripe was told in mode "
                                    + from.configName() + " may be told again in it until ");
                    assertThat(problem.remedy())
                            .startsWith("keep mode " + from.configName() + ", or name another Stripe meter in"
                                    + " stripe.event-name");
                });
    }

    /** Why it is refused. */
    @Test
    void totalsUnderTheEventNameOfDeltasAreBilledAgainWithEachRevision() throws SQLException {
        Meter now = Reporter.meter("calls", "calls", ReportMode.HOURLY_TOTAL);
        report(meter("calls", "calls", ReportMode.DELTA), total("calls", FIRST, "5"));
        report(now, total("calls", SECOND, "3"));
        report(now, total("calls", SECOND, "4"));

        assertThat(held(ReportMode.DELTA, "calls")).isEqualByComparingTo("12");
        assertThat(database.number("SELECT sum(quantity) FROM usage_hourly")).isEqualByComparingTo("9");
    }

    @ParameterizedTest
    @CsvSource({"HOURLY_TOTAL", "DELTA", "PERIOD_TOTAL"})
    void eachHourIsBilledOnceWhenOnlyTheEventNameChanges(ReportMode mode) throws SQLException {
        changeFrom(meter("calls", "old", mode), meter("calls", "new", mode));

        assertThat(held(mode, "old")).isEqualByComparingTo("8");
        assertThat(held(mode, "new")).isEqualByComparingTo("4");
    }

    @ParameterizedTest
    @CsvSource({"USAGE_RECORD_SET, USAGE_RECORD_INCREMENT", "USAGE_RECORD_INCREMENT, USAGE_RECORD_SET"})
    void eachHourIsBilledOnceByRecordsThatAreSetOrAdded(ReportMode from, ReportMode to) throws SQLException {
        changeFrom(Reporter.meter("calls", "", from), Reporter.meter("calls", "", to));

        assertThat(held(ReportMode.USAGE_RECORD_SET, item)).isEqualByComparingTo("12");
    }

    @ParameterizedTest
    @CsvSource({"HOURLY_TOTAL", "DELTA", "PERIOD_TOTAL"})
    void eachHourIsBilledOnceBetweenAMeterAndASubscriptionItem(ReportMode mode) throws SQLException {
        changeFrom(meter("calls", "old", mode), Reporter.meter("calls", "", ReportMode.USAGE_RECORD_SET));

        assertThat(held(mode, "old")).isEqualByComparingTo("8");
        assertThat(held(ReportMode.USAGE_RECORD_SET, item)).isEqualByComparingTo("4");
    }

    @Test
    void largestHourOfARunningPeriodIsNotToldUnderTwoEventNames() throws SQLException {
        Meter old = peak("calls", "old");
        report(old, total("calls", FIRST, "5"));

        assertThat(problems(peak("calls", "new"))).singleElement().satisfies(problem -> {
            assertThat(problem)
                    .hasMessageContaining("event-name old -> new")
                    .hasMessageContaining("would be told whole under new too");
            assertThat(problem.remedy()).contains("keep event-name old");
        });
        assertThat(problems(old)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"HOURLY_TOTAL", "PERIOD_TOTAL"})
    void renamedMeterWhoseTotalsWouldOverwriteThoseOfBeforeIsRefused(ReportMode mode) throws SQLException {
        report(meter("calls", "calls", mode), total("calls", FIRST, "5"));

        assertThat(problems(Reporter.meter("calls2", "calls", mode)))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem)
                            .hasMessageStartingWith(
                                    "meter calls2: Stripe was told meter calls under the event-name calls in mode "
                                            + mode.configName())
                            .hasMessageContaining("overwrite each other");
                    assertThat(problem.remedy()).startsWith("keep the metric name calls, or name another Stripe meter");
                });
    }

    @Test
    void renamedMeterOfDeltasIsRefusedUntilNoHourCanBeToldAgain() throws SQLException {
        report(meter("calls", "calls", ReportMode.DELTA), total("calls", FIRST, "5"));
        Meter renamed = Reporter.meter("calls2", "calls", ReportMode.DELTA);

        assertThat(problems(renamed))
                .singleElement()
                .satisfies(problem -> assertThat(problem)
                        .hasMessageStartingWith(
                                "meter calls2: Stripe was told meter calls under the event-name calls in mode delta")
                        .hasMessageContaining("could be compared with neither"));
        assertThat(problems(Reporter.meter("calls2", "calls2", ReportMode.DELTA)))
                .isEmpty();
        database.advance(Duration.ofDays(36));
        assertThat(problems(renamed)).isEmpty();
    }

    /** Why it is refused. */
    @Test
    void meterThatHasCountedWhatAnotherToldWouldTellItTwice() throws SQLException {
        database.total(DueHour.of("shadow", "acme", FIRST), "5");
        report(meter("calls", "calls", ReportMode.DELTA), total("calls", FIRST, "5"));

        registerWithItsPast(Reporter.meter("shadow", "calls", ReportMode.DELTA));

        assertThat(held(ReportMode.DELTA, "calls")).isEqualByComparingTo("10");
    }

    @Test
    void renamedMeterOfAnotherModeIsRefused() throws SQLException {
        report(meter("calls", "calls", ReportMode.DELTA), total("calls", FIRST, "5"));

        assertThat(problems(Reporter.meter("calls2", "calls", ReportMode.HOURLY_TOTAL)))
                .singleElement()
                .satisfies(problem -> assertThat(problem)
                        .hasMessageContaining("Stripe was told meter calls in mode delta")
                        .hasMessageContaining("one Stripe meter fits one mode"));
    }

    @Test
    void changeIsAllowedWhenNoHourCanBeToldAgain() throws SQLException {
        report(meter("calls", "calls", ReportMode.DELTA), total("calls", FIRST, "5"));
        Meter now = Reporter.meter("calls", "calls", ReportMode.HOURLY_TOTAL);
        database.advance(Duration.ofDays(34));
        assertThat(problems(now)).hasSize(1);
        database.advance(Duration.ofDays(2));

        assertThat(problems(now)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"month, 64, 1", "month, 67, 0", "year, 399, 1", "year, 402, 0"})
    void totalOfAPeriodIsOpenForAsLongAsThePeriodMayBe(String interval, int days, int refused) throws SQLException {
        database.execute("UPDATE billing_customer SET billing_interval = ?", interval);
        report(meter("calls", "calls", ReportMode.PERIOD_TOTAL), total("calls", FIRST, "5"));
        database.advance(Duration.ofDays(days));

        assertThat(problems(Reporter.meter("calls", "calls", ReportMode.DELTA))).hasSize(refused);
    }

    @ParameterizedTest
    @CsvSource({
        "pending, 0, 1",
        "sent, 1, 1",
        "ambiguous, 1, 1",
        "confirmed, 1, 1",
        "rejected, 2, 1",
        "rejected, 1, 0",
        "lost, 1, 0",
        "expired, 0, 0"
    })
    void onlyWhatStripeHoldsOrMayHoldCounts(String state, int attempts, int refused) throws SQLException {
        report(meter("calls", "calls", ReportMode.DELTA), total("calls", FIRST, "5"));
        database.execute(
                "UPDATE stripe_report SET state = ?, attempts = ?, first_sent_at = CASE WHEN ? > 0 THEN now() END",
                state,
                attempts,
                attempts);

        assertThat(problems(Reporter.meter("calls", "calls", ReportMode.HOURLY_TOTAL)))
                .hasSize(refused);
    }

    @Test
    void formerModeOfAMeterThatWasRemovedInBetweenCounts() throws SQLException {
        report(meter("calls", "calls", ReportMode.DELTA), total("calls", FIRST, "5"));
        report(meter("others", "others", ReportMode.DELTA), total("others", FIRST, "5"));

        assertThat(problems(Reporter.meter("calls", "calls", ReportMode.HOURLY_TOTAL)))
                .hasSize(1);
    }

    /** Told 5 under the old meter; after the change revised to 8, and another hour of 3 that becomes 4. */
    private void changeFrom(Meter old, Meter now) throws SQLException {
        report(old, total("calls", FIRST, "5"));
        assertThat(problems(now)).isEmpty();
        report(now, total("calls", SECOND, "3"));
        report(now, total("calls", FIRST, "8"));
        report(now, total("calls", SECOND, "4"));
        assertThat(database.count("report_due")).isZero();
    }

    private void report(Meter meter, Change change) throws SQLException {
        try (Reporter reporter = new Reporter(Reporter.settings(database, CustomerMapping.TABLE, meter), sender)) {
            reporter.claim();
            database.total(change.hour, change.quantity);
            reporter.drain();
        }
    }

    /** A tick for each of the days that are made due. */
    private void registerWithItsPast(Meter meter) throws SQLException {
        try (Reporter reporter = new Reporter(Reporter.settings(database, CustomerMapping.TABLE, meter), sender)) {
            for (int day = 0; day < 40; day++) {
                reporter.tick();
            }
        }
    }

    private List<UserError> problems(Meter... configured) throws SQLException {
        return change(configured).problems();
    }

    private MeterChange change(Meter... configured) throws SQLException {
        try (Connection connection = database.access().connect()) {
            return new MeterChange(MeterHistory.read(connection, List.of(configured)), List.of(configured));
        }
    }

    private BigDecimal held(ReportMode mode, String target) {
        UsageQuestion question = new UsageQuestion(mode, target, customer, ANCHOR, end(mode), false);
        return sender.held(question).values().values().stream().reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    private static Instant end(ReportMode mode) {
        return mode.isUsageRecord() ? PERIOD_END : TestDatabase.hoursAgo(-1);
    }

    /** With its Stripe meter. */
    private Meter meter(String metric, String eventName, ReportMode mode) {
        Meter meter = Reporter.meter(metric, eventName, mode);
        create(meter);
        return meter;
    }

    private Meter peak(String metric, String eventName) {
        Meter meter = Reporter.meter(metric, eventName, ReportMode.PERIOD_TOTAL, Aggregation.MAX);
        create(meter);
        return meter;
    }

    private void create(Meter meter) {
        Meter.StripeReport stripe = meter.stripe().orElseThrow();
        account.createMeter(
                stripe.eventName(),
                meter.metric(),
                MeterCheck.formula(stripe.mode()),
                MeterCheck.window(stripe.mode()));
    }

    private static Change total(String metric, Instant hour, String quantity) {
        return new Change(DueHour.of(metric, "acme", hour), quantity);
    }

    private record Change(DueHour hour, String quantity) {}
}
