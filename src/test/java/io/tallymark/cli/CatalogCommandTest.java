package io.tallymark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.simulator.StripeSimulator;
import io.tallymark.simulator.call.Fault;
import io.tallymark.stripe.StripeCatalog;
import io.tallymark.stripe.StripeSettings;
import io.tallymark.usage.SecretRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands as a user runs them, with the files that the project ships. */
class CatalogCommandTest {
    private static final Path SHIPPED = Path.of("flink-conf", "catalog.yaml");

    @TempDir
    private Path directory;

    private StripeSimulator simulator;
    private Path config;

    @BeforeEach
    void open() throws IOException {
        simulator = StripeSimulator.start(0, InstantSource.system());
        Path key = Files.writeString(directory.resolve("key"), "sk_test_catalog");
        config = Files.writeString(
                directory.resolve("tallymark.yaml"),
                Files.readString(Path.of("flink-conf", "tallymark.yaml"))
                        .replace(
                                "api-base: ${STRIPE_API_BASE:-https://api.stripe.com}",
                                "api-base: " + simulator.apiBase())
                        .replace("api-key-env: STRIPE_API_KEY", "api-key-file: " + key));
    }

    @AfterEach
    void close() {
        simulator.close();
    }

    @Test
    void shippedCatalogIsPlannedAppliedAndThenTheSame() throws IOException {
        CommandRun plan = run("plan", "--exit-code");
        assertThat(plan.out()).contains("+ price api_requests_eur", "plan: 9 to create, 0 to change");
        assertThat(plan.exitCode()).as(plan.err()).isEqualTo(1);

        CommandRun apply = run("apply", "--yes");
        assertThat(apply.exitCode()).as(apply.err()).isZero();
        assertThat(apply.out()).contains("done + price platform_eur", "catalog: applied, 9 to create");

        assertThat(run("apply").out()).startsWith("catalog: no changes");
        assertThat(run("plan", "--exit-code").exitCode()).isZero();
        CommandRun drift = run("drift");
        assertThat(drift.out()).isEqualTo("drift: none\n");
        assertThat(drift.exitCode()).isZero();

        Path exported = Files.writeString(
                directory.resolve("exported.yaml"), runWithConfig("export").out());
        assertThat(CommandRun.of("catalog", "plan", "--config", config.toString(), "--catalog", exported.toString())
                        .out())
                .startsWith("catalog: no changes");
    }

    @Test
    void driftExitsWithOneWhenSomebodyChangedSomething() {
        run("apply", "--yes");
        try (StripeCatalog stripe = StripeCatalog.open(
                StripeSettings.defaults(SecretRef.none("stripe.api-key")).withApiBase(simulator.apiBase()))) {
            stripe.updateProduct(stripe.products().get(0).id(), Map.of("name", "By hand"), Map.of());
        }

        CommandRun drift = run("drift");

        assertThat(drift.exitCode()).isEqualTo(1);
        assertThat(drift.out())
                .contains("changed by hand: product llm: ", "\"By hand\"", "drift: 1 found; ./tallymark catalog apply");
    }

    @Test
    void applyAsksUnlessItIsToldNotTo() {
        CommandRun apply = run("apply");

        assertThat(apply.exitCode()).isEqualTo(2);
        assertThat(apply.err()).contains("nobody can be asked", "add --yes");
        assertThat(run("plan").out()).contains("9 to create");
    }

    @Test
    void applyThatFailedSaysSoAndIsLedOn() {
        simulator.faults().onlyWrites().next(Fault.NONE, Fault.NONE, Fault.SERVICE_UNAVAILABLE);

        CommandRun failed = run("apply", "--yes");
        assertThat(failed.exitCode()).isEqualTo(2);
        assertThat(failed.out()).contains("done + meter api_bytes").doesNotContain("done + product");
        assertThat(failed.err()).contains("applied in part", "HTTP 503", "run apply again");

        assertThat(run("apply", "--yes").out()).contains("catalog: applied, 7 to create");
    }

    @Test
    void mistakeInTheCatalogNamesKeyValueAndRemedy() throws IOException {
        Path catalog = Files.writeString(
                directory.resolve("catalog.yaml"),
                Files.readString(SHIPPED).replace("meter: api_requests ", "meter: api_request "));

        CommandRun plan =
                CommandRun.of("catalog", "plan", "--config", config.toString(), "--catalog", catalog.toString());

        assertThat(plan.exitCode()).isEqualTo(2);
        assertThat(plan.err())
                .contains("prices[1].meter: api_request is no metric of tallymark.yaml; did you mean api_requests?")
                .contains("docs/catalog.md");
        assertThat(simulator.requestCount()).isZero();
    }

    @Test
    void severalMistakesAreALineEach() throws IOException {
        Path catalog = Files.writeString(directory.resolve("catalog.yaml"), "products: 1\n");

        CommandRun plan =
                CommandRun.of("catalog", "plan", "--config", config.toString(), "--catalog", catalog.toString());

        assertThat(plan.err())
                .contains("\n  products: must be a list\n", "\n  prices: is empty")
                .doesNotContain("\\u{a}");
    }

    @Test
    void replyOfAnotherKindIsOneLineWithoutAnException() {
        simulator.faults().next(Fault.OTHER_OBJECT);

        CommandRun plan = run("plan");

        assertThat(plan.exitCode()).isEqualTo(2);
        assertThat(plan.err()).contains("it is not what Stripe answers").doesNotContain("Exception");
    }

    @Test
    void meterIsReplacedOnlyWhenThatIsSaid() throws IOException {
        run("apply", "--yes");
        Files.writeString(
                config,
                Files.readString(config)
                        .replace(
                                "event-name: api_requests, mode: hourly-total",
                                "event-name: api_requests, mode: delta"));

        CommandRun refused = run("apply", "--yes");
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err()).contains("the plan replaces meter api_requests", "add --replace-meters");

        CommandRun apply = run("apply", "--yes", "--replace-meters");
        assertThat(apply.exitCode()).as(apply.err()).isZero();
        assertThat(run("plan", "--exit-code").exitCode()).isZero();
    }

    @Test
    void catalogAloneNamesItsCommands() {
        assertThat(CommandRun.of("catalog").err()).contains("name one of plan, apply, drift, export");
    }

    private CommandRun run(String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--catalog", SHIPPED.toString()));
        return runWithConfig(all.toArray(String[]::new));
    }

    private CommandRun runWithConfig(String... args) {
        List<String> all = new ArrayList<>(List.of("catalog"));
        all.addAll(List.of(args));
        all.addAll(List.of("--config", config.toString()));
        return CommandRun.of(all.toArray(String[]::new));
    }
}
