package io.tallymark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.reconcile.BooksDatabase;
import io.tallymark.simulator.StripeSimulator;
import io.tallymark.stripe.StripeReadings;
import io.tallymark.stripe.StripeSettings;
import io.tallymark.usage.SecretRef;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code subscription} and {@code stripe-sync} as they are called, on a real database and a simulated account. */
class SubscriptionCommandsTest {
    @TempDir
    private Path directory;

    private StripeSimulator simulator;
    private BooksDatabase database;
    private String config = "";
    private String catalog = "";

    @BeforeEach
    void open() throws Exception {
        simulator = StripeSimulator.start(0, InstantSource.system());
        database = new BooksDatabase();
        Path key = Files.writeString(directory.resolve("key"), "sk_test_1");
        config = Files.writeString(directory.resolve("tallymark.yaml"), """
                        kafka: {bootstrap-servers: "127.0.0.1:1"}
                        postgres: {url: "%s", user: a_reporter}
                        stripe: {api-base: "%s", api-key-file: "%s"}
                        meters: [{metric: calls, event-type: t, aggregation: count, stripe: {event-name: calls, mode: hourly-total}}]
                        """.formatted(
                                database.access().url(), simulator.apiBase(), key))
                .toString();
        catalog = Files.writeString(directory.resolve("catalog.yaml"), """
                        products: [{key: api, name: API}]
                        prices:
                          - {lookup-key: base, product: api, currency: eur, amount: 4900}
                          - {lookup-key: calls_pro, product: api, currency: eur, meter: calls, unit-amount: 2}
                          - {lookup-key: calls_flex, product: api, currency: eur, meter: calls, unit-amount: 3}
                        plans:
                          - {key: pro, base: base, metered: [calls_pro]}
                          - {key: flex, metered: [calls_flex]}
                        """).toString();
        map("acme");
    }

    @AfterEach
    void close() throws SQLException {
        database.close();
        simulator.close();
    }

    @Test
    void customerIsSubscribedOnceAndListed() {
        apply();

        CommandRun create = sold("create", "--customer", "acme", "--plan", "pro");
        assertThat(create.exitCode()).as(create.err()).isZero();
        assertThat(create.out())
                .contains("subscription: subscribed acme to plan pro (sub_", "billed from ", "on: base, calls_pro");
        assertThat(sold("create", "--customer", "acme", "--plan", "pro").out())
                .contains("subscription: acme has plan pro already (sub_", "nothing was changed");

        CommandRun list = run("subscription", "list");
        assertThat(list.out())
                .contains("subscriptions: 1")
                .containsPattern("acme +sub_\\S+ +pro +active +\\S+:00:00Z +\\S+-01T00:00:00Z +base,calls_pro");
        assertThat(run("subscription", "list", "--customer", "acme", "--json").out())
                .startsWith("{\"customer\":\"acme\",\"subscription\":\"sub_")
                .contains(
                        "\"plan\":\"pro\",\"status\":\"active\"", "\"prices\":[\"base\",\"calls_pro\"],\"flags\":[]}");
    }

    @Test
    void dryRunMakesNothing() {
        apply();

        assertThat(sold("create", "--customer", "acme", "--plan", "pro", "--dry-run")
                        .out())
                .contains("subscription: would subscribe acme to plan pro");
        assertThat(run("subscription", "list").out()).isEqualTo("subscriptions: 0\n");
    }

    @Test
    void planIsChangedAndSubscriptionCanceledWithThePeriod() {
        apply();
        sold("create", "--customer", "acme", "--plan", "pro");

        CommandRun planned = sold("change-plan", "--customer", "acme", "--plan", "flex", "--dry-run");
        assertThat(planned.out()).contains(" gets price_", "remove si_", "subscription: acme would get plan flex at ");
        assertThat(sold("change-plan", "--customer", "acme", "--plan", "flex").out())
                .containsPattern("subscription: acme gets plan flex from \\S+-01T00:00:00Z on \\(sub_");
        assertThat(sold("change-plan", "--customer", "acme", "--plan", "flex").out())
                .contains("already", "nothing was changed");
        assertThat(run("subscription", "list").out()).contains("flag     sub_", "under a schedule");

        CommandRun cancel = run("subscription", "cancel", "--customer", "acme", "--at", "period-end");
        assertThat(cancel.out())
                .containsPattern("subscription: sub_\\S+ of acme ends \\S+-01T00:00:00Z, and the usage");
        assertThat(cancel.err()).contains("took back the change that was scheduled");
        assertThat(run("subscription", "list").out()).contains("ends ");
    }

    @Test
    void accountIsReadIntoTheMirror() {
        apply();
        sold("create", "--customer", "acme", "--plan", "pro");

        CommandRun sync = run("stripe-sync");

        assertThat(sync.exitCode()).as(sync.err()).isZero();
        assertThat(sync.out())
                .isEqualTo(
                        "stripe-sync: 1 subscriptions and 1 invoices of the whole account, changed=0 flags=0 failed=0\n");
        assertThat(run("stripe-sync", "--customer", "acme").out())
                .isEqualTo("stripe-sync: 1 subscriptions and 1 invoices, changed=0 flags=0 failed=0\n");
    }

    @Test
    void mistakesAreNamedWithTheirRemedies() {
        assertMistake(
                sold("create", "--customer", "acme", "--plan", "pro"), "no price base", "./tallymark catalog apply");
        apply();
        assertMistake(sold("create", "--customer", "acme", "--plan", "prp"), "no plan 'prp'", "pro");
        assertMistake(
                sold("create", "--customer", "nobody", "--plan", "pro"), "nobody is mapped as nobody", "customers");
        assertMistake(sold("create", "--customer", "acme"), "--plan", "--help");
        assertMistake(
                sold("create", "--customer", "acme", "--plan", "pro", "--anchor-day", "32"), "--anchor-day 32", "31");
        assertMistake(
                sold("create", "--customer", "acme", "--plan", "pro", "--currency", "usd"), "is in eur", "--currency");
        assertMistake(sold("change-plan", "--customer", "acme", "--plan", "flex"), "no live subscription", "create");
        assertMistake(
                sold("change-plan", "--customer", "acme", "--plan", "flex", "--at", "soon"),
                "'soon' is none of now, hour-end, period-end",
                "--help");
        assertMistake(run("subscription", "cancel", "--customer", "acme"), "no live subscription", "create");
        assertMistake(
                run("subscription", "cancel", "--customer", "acme", "--at", "now"),
                "--at now never bills the usage of the running hour",
                "--yes");
        assertMistake(run("stripe-sync", "--customer", "nobody"), "nobody is mapped as nobody", "customers");
        assertMistake(CommandRun.of("subscription"), "name one of create, change-plan, cancel, list", "--help");
    }

    private void map(String customer) throws SQLException {
        try (StripeReadings stripe = StripeReadings.open(
                StripeSettings.defaults(SecretRef.none("stripe.api-key")).withApiBase(simulator.apiBase()))) {
            database.execute(
                    "INSERT INTO billing_customer (customer_id, stripe_customer_id) VALUES (?, ?)",
                    customer,
                    stripe.createCustomer(customer));
        }
    }

    private void apply() {
        CommandRun run = CommandRun.of("catalog", "apply", "--yes", "--config", config, "--catalog", catalog);
        assertThat(run.exitCode()).as(run.err()).isZero();
    }

    /** A command that needs the catalog. */
    private CommandRun sold(String... args) {
        List<String> line = new ArrayList<>(List.of("subscription"));
        line.addAll(List.of(args));
        line.addAll(List.of("--catalog", catalog));
        return run(line.toArray(String[]::new));
    }

    private CommandRun run(String... args) {
        List<String> line = new ArrayList<>(List.of(args));
        line.addAll(List.of("--config", config));
        return CommandRun.of(line.toArray(String[]::new));
    }

    private static void assertMistake(CommandRun run, String... parts) {
        assertThat(run.exitCode()).as(run.out()).isEqualTo(2);
        assertThat(run.err()).contains(parts).contains("to mend it: ").doesNotContain("\tat ");
    }
}
