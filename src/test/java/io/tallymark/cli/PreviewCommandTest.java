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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code preview} as it is called, on a real database and a simulated account. */
class PreviewCommandTest {
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
                        plans: [{key: pro, base: base, metered: [calls_pro]}]
                        """).toString();
        try (StripeReadings stripe = StripeReadings.open(
                StripeSettings.defaults(SecretRef.none("stripe.api-key")).withApiBase(simulator.apiBase()))) {
            database.execute(
                    "INSERT INTO billing_customer (customer_id, stripe_customer_id) VALUES ('acme', ?)",
                    stripe.createCustomer("acme"));
        }
        database.execute("INSERT INTO reported_meter (metric, event_name, mode, seeded_at)"
                + " VALUES ('calls', 'calls', 'hourly-total', now())");
        done(run("catalog", "apply", "--yes"));
    }

    @AfterEach
    void close() throws SQLException {
        database.close();
        simulator.close();
    }

    @Test
    void exitCodeSaysWhetherBothSidesAgree() throws SQLException {
        done(run("subscription", "create", "--customer", "acme", "--plan", "pro"));

        CommandRun equal = run("preview", "--customer", "acme");
        assertThat(equal.exitCode()).as(equal.err()).isZero();
        assertThat(equal.out())
                .containsPattern("base +fee +- +1 +49.00 EUR +49.00 EUR")
                .endsWith("preview: OK prices=2 differing=0 ours=49.00 EUR stripe=49.00 EUR\n");

        database.total("calls", "acme", BooksDatabase.hoursAgo(0), "5");
        CommandRun different = run("preview", "--customer", "acme");
        assertThat(different.exitCode()).isEqualTo(1);
        assertThat(different.out())
                .contains("differs  calls_pro: not told yet: 5")
                .endsWith("preview: DIFFERENT prices=2 differing=1 ours=49.10 EUR stripe=49.00 EUR\n");

        CommandRun json = run("preview", "--customer", "acme", "--json");
        assertThat(json.exitCode()).isEqualTo(1);
        assertThat(json.out()).startsWith("{\"customer\":\"acme\"").contains("\"equal\":false");
    }

    @Test
    void mistakesAreNamedWithTheirRemedies() {
        assertMistake(run("preview"), "--customer", "--help");
        assertMistake(run("preview", "--customer", "nobody"), "nobody is mapped as nobody", "customers import");
        assertMistake(run("preview", "--customer", "acme"), "no live subscription", "subscription create");
    }

    private CommandRun run(String... args) {
        String[] line = new String[args.length + 4];
        System.arraycopy(args, 0, line, 0, args.length);
        System.arraycopy(new String[] {"--config", config, "--catalog", catalog}, 0, line, args.length, 4);
        return CommandRun.of(line);
    }

    private static void done(CommandRun run) {
        assertThat(run.exitCode()).as(run.err()).isZero();
    }

    private static void assertMistake(CommandRun run, String... parts) {
        assertThat(run.exitCode()).as(run.out()).isEqualTo(2);
        assertThat(run.err()).contains(parts).contains("to mend it: ").doesNotContain("\tat ");
    }
}
