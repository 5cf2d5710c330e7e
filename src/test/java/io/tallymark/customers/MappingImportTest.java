package io.tallymark.customers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.reconcile.BooksDatabase;
import io.tallymark.usage.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MappingImportTest {
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
    void fileBecomesTheTable() throws Exception {
        MappingPlan plan = apply("""
                customer_id,stripe_customer_id,billing_anchor,billing_interval
                acme,cus_1,2026-01-15T06:00:00+02:00,week
                "Globex, Inc.",cus_2,2026-01-15,
                initech,cus_3,,
                """);

        assertThat(plan.problems()).isEmpty();
        assertThat(stored())
                .containsExactly(
                        "Globex, Inc., cus_2, 2026-01-15 00:00, month",
                        "acme, cus_1, 2026-01-15 04:00, week",
                        "initech, cus_3, null, month");
    }

    @Test
    void dryRunSaysWhatItWouldDoAndDoesNothing() throws Exception {
        apply("customer_id,stripe_customer_id\nacme,cus_1\nglobex,cus_2\n");

        MappingPlan plan = new MappingImport(database.access())
                .run(file("customer_id,stripe_customer_id\nacme,cus_1\nglobex,cus_4\ninitech,cus_3\n"), false);

        assertThat(plan.unchanged()).isEqualTo(1);
        assertThat(plan.added()).extracting(Mapping::customerId).containsExactly("initech");
        assertThat(plan.changed()).singleElement().satisfies(change -> {
            assertThat(change.before().stripeCustomerId()).isEqualTo("cus_2");
            assertThat(change.after().stripeCustomerId()).isEqualTo("cus_4");
        });
        assertThat(stored()).hasSize(2);
    }

    @Test
    void twoCustomersMayChangePlaces() throws Exception {
        apply("customer_id,stripe_customer_id\nacme,cus_1\nglobex,cus_2\n");
        apply("customer_id,stripe_customer_id\nacme,cus_2\nglobex,cus_1\n");

        assertThat(stored()).containsExactly("acme, cus_2, null, month", "globex, cus_1, null, month");
    }

    @Test
    void stripeCustomerUnderWhichTotalsOfAnotherWereToldIsRefused() throws Exception {
        apply("customer_id,stripe_customer_id\nacme,cus_acme\nglobex,cus_globex\n");
        database.accepted("calls", "acme", BooksDatabase.hoursAgo(5), 1, "hourly-total", "5", "5");
        String swapped = "customer_id,stripe_customer_id\nacme,cus_globex\nglobex,cus_acme\n";

        assertThat(new MappingImport(database.access())
                        .run(file(swapped), false)
                        .problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.text()).contains("totals of acme under cus_acme"));
        assertThat(apply(swapped).problems()).hasSize(1);

        apply("customer_id,stripe_customer_id\nacme,cus_new\n");
        assertThat(apply("customer_id,stripe_customer_id\nglobex,cus_acme\n").problems())
                .as("a former mapping")
                .hasSize(1);
        assertThatThrownBy(() -> database.execute(
                        "UPDATE billing_customer SET stripe_customer_id = 'cus_acme' WHERE customer_id = 'globex'"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("Stripe was told totals of acme under cus_acme")
                .hasMessageContaining("DELETE FROM former_mapping");

        assertThat(apply("customer_id,stripe_customer_id\nacme,cus_acme\n").problems())
                .as("back again")
                .isEmpty();
        database.execute("DELETE FROM billing_customer WHERE customer_id = 'acme'");
        database.execute("UPDATE former_mapping SET apart_until = report_now() - interval '1 second'");
        assertThat(apply("customer_id,stripe_customer_id\nglobex,cus_acme\n").problems())
                .as("long ago")
                .isEmpty();
    }

    @Test
    void mappingsAreKeptApartForAsLongAsTheirTotalsMayBeTold() throws Exception {
        apply("customer_id,stripe_customer_id\nacme,cus_acme\nglobex,cus_globex\n");
        database.report("calls", "acme", BooksDatabase.hoursAgo(5), 1, "hourly-total", "5", "5", "pending");
        database.accepted("seats", "globex", BooksDatabase.hoursAgo(5), 1, "period-total", "5", "5");
        database.execute("DELETE FROM billing_customer");

        assertThat(database.rows("SELECT customer_id, round(extract(epoch FROM apart_until - report_now()) / 86400)"
                        + " FROM former_mapping ORDER BY customer_id"))
                .containsExactly("acme, 35", "globex, 401");
    }

    @Test
    void mappingsThatChangedBeforeTheUpgradeAreKeptApartToo() throws Exception {
        apply("customer_id,stripe_customer_id\nacme,cus_new\nglobex,cus_globex\n");
        database.accepted("calls", "acme", BooksDatabase.hoursAgo(5), 1, "hourly-total", "5", "5");
        database.accepted("calls", "globex", BooksDatabase.hoursAgo(5), 1, "hourly-total", "5", "5");
        database.accepted("raw", "acme", "cus_raw", BooksDatabase.hoursAgo(5), 1, "delta", "5", "5");
        database.execute(upgrade());

        assertThat(database.rows("SELECT stripe_customer_id, customer_id FROM former_mapping"))
                .containsExactly("cus_acme, acme");
        assertThat(apply("customer_id,stripe_customer_id\ninitech,cus_acme\n").problems())
                .hasSize(1);
    }

    @Test
    void stripeCustomersOfDeltasMayChangePlaces() throws Exception {
        apply("customer_id,stripe_customer_id\nacme,cus_acme\nglobex,cus_globex\n");
        database.accepted("calls", "acme", BooksDatabase.hoursAgo(5), 1, "delta", "5", "5");

        assertThat(apply("customer_id,stripe_customer_id\nacme,cus_globex\nglobex,cus_acme\n")
                        .problems())
                .isEmpty();
    }

    @Test
    void valueThatCannotBeASubjectIsNamed() throws Exception {
        assertThat(apply("customer_id,stripe_customer_id\n" + "a".repeat(256) + ",cus_1\n")
                        .problems())
                .containsExactly(new Problem(2, "a value is longer than 255 characters, or holds a NUL"));
        assertThat(apply("customer_id,stripe_customer_id\na\0b,cus_1\n").problems())
                .hasSize(1);
    }

    @Test
    void columnsThatAreNotThereKeepTheirValues() throws Exception {
        apply("customer_id,stripe_customer_id,billing_anchor,billing_interval\nacme,cus_1,2026-01-15,week\n");
        apply("customer_id,stripe_customer_id\nacme,cus_2\n");

        assertThat(stored()).containsExactly("acme, cus_2, 2026-01-15 00:00, week");
    }

    @Test
    void changedMappingNamesWhatGoesOnChargingTheFormerOne() throws Exception {
        apply("customer_id,stripe_customer_id\nacme,cus_acme\n");
        database.execute("""
                INSERT INTO billing_subscription (subscription_id, stripe_customer_id, status, billing_mode, currency, billing_anchor,
                    started_at, created_at, seen_at)
                VALUES ('sub_1', 'cus_acme', 'active', 'flexible', 'eur', now(), now(), now(), now()),
                    ('sub_2', 'cus_acme', 'canceled', 'flexible', 'eur', now(), now(), now(), now())
                """);

        assertThat(apply("customer_id,stripe_customer_id\nacme,cus_2\n").changed())
                .extracting(MappingPlan.Change::live)
                .containsExactly(List.of("sub_1"));
    }

    @Test
    void changedMappingOfToldUsageIsAllowedAndNamed() throws Exception {
        apply("customer_id,stripe_customer_id\nacme,cus_acme\n");
        database.accepted("calls", "acme", BooksDatabase.hoursAgo(5), 1, "delta", "5", "5");

        MappingPlan plan = apply("customer_id,stripe_customer_id\nacme,cus_2\n");

        assertThat(plan.changed()).extracting(MappingPlan.Change::toldHours).containsExactly(1L);
        assertThat(stored()).containsExactly("acme, cus_2, null, month");
    }

    @Test
    void everyMistakeIsNamedWithItsLineAndNothingChanges() throws Exception {
        apply("customer_id,stripe_customer_id\nolder,cus_9\n");

        MappingPlan plan = apply("""
                customer_id,stripe_customer_id,billing_anchor,billing_interval
                acme,cus_1,,
                acme,cus_2,,

                globex,cus_1,,
                initech,sub_3,,
                ,cus_4,,
                hooli,cus_5,yesterday,fortnight
                umbrella,cus_9,,
                short,cus_6
                """);

        assertThat(plan.problems())
                .extracting(problem -> problem.line() + ": " + problem.text().replaceAll(" (is no|already).*", " $1"))
                .containsExactlyInAnyOrder(
                        "3: customer acme is in line 2 already",
                        "5: cus_1 is the Stripe customer of acme already",
                        "6: 'sub_3' is no",
                        "7: customer_id is empty",
                        "8: billing_anchor 'yesterday' is no",
                        "8: billing_interval 'fortnight' is no",
                        "9: cus_9 is the Stripe customer of older already",
                        "10: 2 values, but the header names 4");
        assertThat(stored()).containsExactly("older, cus_9, null, month");
    }

    @Test
    void fileWithAByteOrderMarkIsRead() throws Exception {
        assertThat(apply("\uFEFFcustomer_id,stripe_customer_id\r\nacme,cus_1\r\n")
                        .problems())
                .isEmpty();
        assertThat(stored()).hasSize(1);
    }

    @Test
    void wrongHeaderEmptyFileAndBrokenQuotesAreMistakesOfTheUser() {
        assertMistake("customer,stripe_customer_id\nacme,cus_1\n", "the header is");
        assertMistake("customer_id\nacme\n", "the header is");
        assertMistake("", "the file is empty");
        assertMistake("customer_id,stripe_customer_id\n\"acme,cus_1\n", "is no CSV");
        assertThatThrownBy(() -> new MappingImport(database.access()).run(directory.resolve("none.csv"), false))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("there is no file");
    }

    private void assertMistake(String text, String message) {
        assertThatThrownBy(() -> apply(text)).isInstanceOf(UserError.class).hasMessageContaining(message);
    }

    private MappingPlan apply(String text) throws IOException, SQLException {
        return new MappingImport(database.access()).run(file(text), true);
    }

    private Path file(String text) throws IOException {
        return Files.writeString(directory.resolve("customers.csv"), text);
    }

    private List<String> stored() throws SQLException {
        return database.rows("""
                SELECT customer_id, stripe_customer_id, to_char(billing_anchor AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'),
                    billing_interval
                FROM billing_customer ORDER BY customer_id COLLATE "C"
                """);
    }

    /** What the migration does with the rows that it finds. */
    private static String upgrade() throws IOException {
        String script = Files.readString(Path.of("src/main/resources/db/migration/V7__former_mapping.sql"));
        return script.substring(script.indexOf("-- Mappings that changed before."));
    }
}
