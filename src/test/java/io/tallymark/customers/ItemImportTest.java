package io.tallymark.customers;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.reconcile.BooksDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ItemImportTest {
    private static final String HEADER = "customer_id,metric,subscription_item_id,valid_from,valid_to\n";

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
    void itemsThatFollowEachOtherAreWritten() throws Exception {
        ItemPlan plan = apply(HEADER + "acme,calls,si_1,2026-01-01,2026-02-01\nacme,calls,si_2,2026-02-01,\n");

        assertThat(plan.problems()).isEmpty();
        assertThat(stored()).containsExactly("acme, calls, si_1, t", "acme, calls, si_2, f");
    }

    @Test
    void sameFileAgainChangesNothingAndAnEndMayBeSet() throws Exception {
        apply(HEADER + "acme,calls,si_1,2026-01-01,\n");

        assertThat(apply(HEADER + "acme,calls,si_1,2026-01-01,\n"))
                .returns(1L, ItemPlan::unchanged)
                .satisfies(plan -> assertThat(plan.written()).isEmpty());

        apply(HEADER + "acme,calls,si_1,2026-01-01,2026-02-01\nacme,calls,si_2,2026-02-01,\n");

        assertThat(stored()).containsExactly("acme, calls, si_1, t", "acme, calls, si_2, f");
    }

    @Test
    void overlapsAreRefusedInTheFileAndWithTheTable() throws Exception {
        apply(HEADER + "acme,calls,si_1,2026-01-01,\n");

        ItemPlan plan = apply(HEADER + "acme,calls,si_2,2026-02-01,\nglobex,calls,si_3,2026-01-01,2026-03-01\n"
                + "globex,calls,si_4,2026-02-28,\nglobex,tokens,si_5,2026-02-28,\n");

        assertThat(plan.problems()).extracting(Problem::line).containsExactly(2L, 4L);
        assertThat(plan.problems())
                .allSatisfy(problem -> assertThat(problem.text()).startsWith("overlaps"));
        assertThat(stored()).containsExactly("acme, calls, si_1, f");
    }

    @Test
    void itemOfTwoCustomersOrMetricsIsRefused() throws Exception {
        ItemPlan plan = apply(HEADER + "acme,calls,si_1,2026-01-01,2026-02-01\nglobex,calls,si_1,2026-01-15,\n"
                + "acme,tokens,si_1,2026-01-31,2026-02-01\nglobex,tokens,si_2,2026-01-01,\n");

        assertThat(plan.problems()).extracting(Problem::line).contains(3L, 4L).doesNotContain(2L, 5L);
        assertThat(stored()).isEmpty();
    }

    @Test
    void everyMistakeIsNamedWithItsLine() throws Exception {
        ItemPlan plan = apply(HEADER + "acme,calls,price_1,2026-01-01,\n,,si_1,2026-01-01,\nacme,calls,si_1,soon,\n"
                + "acme,calls,si_1,2026-02-01,2026-02-01\n");

        assertThat(plan.problems()).extracting(Problem::line).containsExactly(2L, 3L, 3L, 4L, 5L);
    }

    @Test
    void metricThatTallymarkYamlDoesNotHaveIsRefused() throws Exception {
        ItemPlan plan = apply(HEADER + "acme,call,si_1,2026-01-01,\n");

        assertThat(plan.problems())
                .containsExactly(new Problem(2, "'call' is no metric of tallymark.yaml; did you mean calls?"));
        assertThat(stored()).isEmpty();
    }

    private ItemPlan apply(String text) throws IOException, SQLException {
        return new ItemImport(database.access(), List.of("calls", "tokens"))
                .run(Files.writeString(directory.resolve("items.csv"), text), true);
    }

    private List<String> stored() throws SQLException {
        return database.rows("""
                SELECT customer_id, metric, subscription_item_id, valid_to IS NOT NULL FROM billing_item
                ORDER BY customer_id, metric, valid_from
                """);
    }
}
