package io.tallymark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.reconcile.BooksDatabase;
import io.tallymark.simulator.StripeSimulator;
import io.tallymark.stripe.MeterCheck;
import io.tallymark.stripe.StripeReadings;
import io.tallymark.stripe.StripeReportSender;
import io.tallymark.stripe.StripeSettings;
import io.tallymark.usage.Delivery;
import io.tallymark.usage.ReportMode;
import io.tallymark.usage.ReportSender;
import io.tallymark.usage.SecretRef;
import io.tallymark.usage.UsageReport;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command against a Stripe that keeps state, through Stripe's own client. */
class ReconcileSimulatorTest {
    private static final Instant HOUR = BooksDatabase.hoursAgo(5);

    @TempDir
    private Path directory;

    private BooksDatabase books;
    private StripeSimulator simulator;
    private StripeReadings account;
    private ReportSender sender;

    @BeforeEach
    void open() throws SQLException {
        books = new BooksDatabase();
        simulator = StripeSimulator.start(0, InstantSource.system());
        StripeSettings settings =
                StripeSettings.defaults(SecretRef.none("stripe.api-key")).withApiBase(simulator.apiBase());
        account = StripeReadings.open(settings);
        sender = StripeReportSender.open(settings);
        account.createMeter(
                "calls", "calls", MeterCheck.formula(ReportMode.DELTA), MeterCheck.window(ReportMode.DELTA));
    }

    @AfterEach
    void close() throws SQLException {
        sender.close();
        account.close();
        simulator.close();
        books.close();
    }

    @Test
    void eachCustomerIsJudgedByWhatTheSummariesShow() throws Exception {
        send(told("acme", "5"), "a", "5");
        told("globex", "3");
        String doubled = told("initech", "2");
        send(doubled, "b", "2");
        send(doubled, "c", "2");

        CommandRun first = reconcile("--repair");

        assertThat(first.exitCode()).as(first.err()).isEqualTo(1);
        assertThat(first.out())
                .containsPattern("lost +calls +globex +\\S+ +hour +3 +3 +0")
                .containsPattern("doubled +calls +initech +\\S+ +hour +2 +2 +4")
                .endsWith("reconcile: DIFFERENT lost=1 doubled=1 windows=3 confirmed=1 repaired=2\n");
        assertThat(books.rows(
                        "SELECT customer_id, value, amount FROM stripe_report WHERE state = 'observed' ORDER BY 1"))
                .containsExactly("globex, 0, -3", "initech, 4, 2");

        CommandRun second = reconcile("--repair");

        assertThat(second.exitCode()).as("the reporter is about to tell it").isZero();
        assertThat(second.out()).endsWith("reconcile: OK windows=3 confirmed=0 unreported=2\n");
    }

    @Test
    void customerWhomStripeDoesNotKnowIsNamed() throws Exception {
        tell("acme", "cus_nobody", "5");

        assertThat(reconcile().out()).containsPattern("unknown_customer +calls +acme +\\S+ +hour +5 +5 +\\?");
    }

    private String told(String customer, String amount) throws SQLException {
        String stripeCustomer = account.createCustomer(customer);
        tell(customer, stripeCustomer, amount);
        return stripeCustomer;
    }

    private void tell(String customer, String stripeCustomer, String amount) throws SQLException {
        books.total("calls", customer, HOUR, amount);
        books.accepted("calls", customer, stripeCustomer, HOUR, 1, "delta", amount, amount);
    }

    private void send(String stripeCustomer, String identifier, String value) {
        assertThat(sender.send(new UsageReport(
                                identifier, ReportMode.DELTA, "calls", stripeCustomer, new BigDecimal(value), HOUR))
                        .outcome())
                .isEqualTo(Delivery.Outcome.ACCEPTED);
    }

    private CommandRun reconcile(String... args) throws IOException {
        Path config = Files.writeString(directory.resolve("tallymark.yaml"), """
                kafka: {bootstrap-servers: "127.0.0.1:1"}
                postgres: {url: "%s", user: a_reporter}
                stripe: {api-base: "%s", api-key-file: "%s"}
                meters: [{metric: calls, event-type: t, aggregation: count, stripe: {event-name: calls, mode: delta}}]
                """.formatted(
                books.access().url(), simulator.apiBase(), Files.writeString(directory.resolve("key"), "sk_test_any")));
        List<String> line = new ArrayList<>(List.of("reconcile", "--config", config.toString()));
        line.addAll(List.of(args));
        return CommandRun.of(line.toArray(String[]::new));
    }
}
