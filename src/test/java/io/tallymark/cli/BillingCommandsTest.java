package io.tallymark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.reconcile.BooksDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code customers} and {@code reconcile} as they are called, on a real database; Stripe is not there. */
class BillingCommandsTest {
    @TempDir
    private Path directory;

    private BooksDatabase database;

    @BeforeEach
    void open() throws SQLException {
        database = new BooksDatabase();
    }

    @AfterEach
    void close() throws SQLException {
        database.close();
    }

    @Test
    void importIsADryRunUnlessTold() throws Exception {
        Path file = Files.writeString(directory.resolve("c.csv"), "customer_id,stripe_customer_id\nacme,cus_1\n");

        CommandRun dry = run("customers", "import", file.toString());

        assertThat(dry.exitCode()).as(dry.err()).isZero();
        assertThat(dry.out())
                .contains("  added    acme -> cus_1, by month")
                .contains("customers: would import added=1 changed=0 unchanged=0; --apply does it");
        assertThat(database.rows("SELECT count(*) FROM billing_customer")).containsExactly("0");

        assertThat(run("customers", "import", "--apply", file.toString()).out())
                .contains("customers: imported added=1");
        assertThat(run("customers", "list").out())
                .contains("customers: 1 mapped")
                .contains("acme")
                .contains("cus_1");
    }

    @Test
    void everyMistakeOfAFileIsALineAndOneExitCode() throws Exception {
        Path file = Files.writeString(directory.resolve("c.csv"), "customer_id,stripe_customer_id\nacme,x\n,cus_1\n");

        CommandRun run = run("customers", "import", "--apply", file.toString());

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .contains("line 2: 'x' is no Stripe customer id")
                .contains("line 3: customer_id is empty")
                .contains("has 2 problems; nothing was changed")
                .doesNotContain("\tat ");
    }

    @Test
    void fileThatIsNotThereIsSaidToBeThat() throws Exception {
        String file = directory.resolve("none.csv").toString();

        assertMistake("there is no file " + file, "customers", "import", file);
    }

    @Test
    void customersWhoseUsageWaitsAreListedWithHowMuch() throws Exception {
        database.total("calls", "acme", BooksDatabase.hoursAgo(3), "5");
        database.total("calls", "acme", BooksDatabase.hoursAgo(2), "2.50");
        database.execute("INSERT INTO report_due (metric, customer_id, period_start, queued, waiting_for)"
                + " SELECT metric, customer_id, period_start, true, 'unmapped' FROM usage_hourly");

        assertThat(run("customers", "list", "--unmapped").out())
                .containsPattern("acme +calls +\\S+ +2 +7.5")
                .contains("to mend it: ./tallymark customers import");
    }

    @Test
    void itemsAreImported() throws Exception {
        Path file = Files.writeString(
                directory.resolve("i.csv"),
                "customer_id,metric,subscription_item_id,valid_from,valid_to\nacme,calls,si_1,2026-01-01,\n");

        assertThat(run("customers", "import-items", "--apply", file.toString()).out())
                .contains("acme calls -> si_1, from 2026-01-01T00:00:00Z")
                .contains("customers: imported items=1 unchanged=0");
    }

    @Test
    void emptyBooksAreInOrder() throws Exception {
        CommandRun run = run("reconcile");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("look at the names").endsWith("reconcile: OK windows=0 confirmed=0\n");
        assertThat(run("reconcile", "--json").out()).startsWith("{\"in_order\":true");
    }

    @Test
    void ambiguousReportIsResolved() throws Exception {
        database.total("calls", "acme", BooksDatabase.hoursAgo(3), "5");
        database.report("calls", "acme", BooksDatabase.hoursAgo(3), 1, "delta", "5", "5", "ambiguous");
        String identifier = BooksDatabase.identifier("calls", "acme", BooksDatabase.hoursAgo(3), 1);

        assertThat(run("reconcile", "--resolve", identifier, "--as", "lost").out())
                .contains("counts as lost");

        CommandRun again = run("reconcile", "--resolve", identifier, "--as", "lost");
        assertThat(again.exitCode()).isEqualTo(2);
        assertThat(again.err()).contains("is lost, not ambiguous").doesNotContain("\tat ");
    }

    @Test
    void mistakesOfTheCallAreNamed() throws Exception {
        assertMistake("belong together", "reconcile", "--resolve", "tm-1");
        assertMistake("--as", "reconcile", "--resolve", "tm-1", "--as", "maybe");
        assertMistake("is not before", "reconcile", "--from", "2026-03-02", "--to", "2026-03-01");
        assertMistake("is an addition to --repair", "reconcile", "--repair-foreign");
        assertMistake("run one after the other", "reconcile", "--resolve", "x", "--as", "lost", "--repair");
        assertMistake("name one of list, import", "customers");
    }

    @Test
    void stripeThatDoesNotAnswerIsASentence() throws Exception {
        database.total("calls", "acme", BooksDatabase.hoursAgo(3), "5");
        database.accepted("calls", "acme", BooksDatabase.hoursAgo(3), 1, "delta", "5", "5");

        assertMistake("stripe: no usable answer", "reconcile");
    }

    private void assertMistake(String part, String... args) throws IOException {
        CommandRun run = run(args);
        assertThat(run.exitCode()).as(run.out()).isEqualTo(2);
        assertThat(run.err()).contains(part).contains("to mend it: ").doesNotContain("\tat ");
    }

    private CommandRun run(String... args) throws IOException {
        Path key = Files.writeString(directory.resolve("key"), "sk_test_1");
        Path config = Files.writeString(directory.resolve("tallymark.yaml"), """
                kafka: {bootstrap-servers: "127.0.0.1:1"}
                postgres: {url: "%s", user: a_reporter}
                stripe: {api-base: "http://127.0.0.1:1", api-key-file: "%s", max-requests-per-second: 25}
                meters: [{metric: calls, event-type: t, aggregation: count, stripe: {event-name: calls, mode: delta}}]
                """.formatted(
                        database.access().url(), key));
        List<String> line = new ArrayList<>(List.of(args));
        if (line.size() > 1 || !line.get(0).equals("customers")) {
            line.addAll(List.of("--config", config.toString()));
        }
        return CommandRun.of(line.toArray(String[]::new));
    }
}
