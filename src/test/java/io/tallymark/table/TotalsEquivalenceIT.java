package io.tallymark.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.embedded.EmbeddedDatabase;
import io.tallymark.embedded.ListenPort;
import io.tallymark.embedded.WorkDirectory;
import io.tallymark.usage.DatabaseAccess;
import io.tallymark.usage.HourlyTotal;
import io.tallymark.usage.UsageKey;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;

/** Whatever comes, cut into batches anywhere, leaves what upserts of one row each leave: rows, balances and due reports. */
class TotalsEquivalenceIT {
    private static final int TOTALS = 120;
    private static final String ROWS = """
            SELECT metric, customer_id, dimensions, period_start, quantity, event_count, encode(digest, 'hex'), withdrawn_count,
                revision, closed
            FROM usage_hourly ORDER BY metric, customer_id, period_start, dimensions
            """;
    private static final String BALANCES = """
            SELECT metric, customer_id, period_start, trim_scale(sum(amount)) FROM ledger_entry
            GROUP BY metric, customer_id, period_start HAVING sum(amount) <> 0 ORDER BY metric, customer_id, period_start
            """;
    private static final String DUE = """
            SELECT DISTINCT metric, customer_id, period_start FROM report_due ORDER BY metric, customer_id, period_start
            """;

    private static WorkDirectory work;
    private static EmbeddedDatabase database;
    private static DatabaseAccess oneByOne;

    @BeforeAll
    static void start() throws SQLException {
        work = WorkDirectory.create();
        database = EmbeddedDatabase.start(work.directory("postgres"), ListenPort.free());
        oneByOne = database.create("one_by_one");
        for (DatabaseAccess access : List.of(database.access(), oneByOne)) {
            Queries.execute(
                    access,
                    "INSERT INTO reported_meter (metric, event_name, mode) VALUES"
                            + " ('tokens', 'tokens', 'hourly-total'), ('seats', 'seats', 'period-total')");
        }
    }

    @AfterAll
    static void stop() {
        database.close();
        work.close();
    }

    @RepeatedTest(20)
    void batchesLeaveWhatSingleUpsertsLeave() throws Exception {
        long seed = Long.getLong("tallymark.seed", System.nanoTime());
        Random random = new Random(seed);
        String of = Long.toHexString(random.nextLong());
        List<HourlyTotal> totals = new ArrayList<>();
        for (int i = 0; i < TOTALS; i++) {
            totals.add(anyTotal(random, of));
        }

        SingleRowUpserts.write(oneByOne, totals);
        try (WriterRig writer = new WriterRig(database.access(), 1 + random.nextInt(20))) {
            for (HourlyTotal total : totals) {
                writer.write(total);
                if (random.nextInt(10) == 0) {
                    writer.flush();
                }
            }
            writer.flush();
        }

        for (String query : List.of(ROWS, BALANCES, DUE)) {
            assertThat(Queries.rows(database.access(), query))
                    .as("tallymark.seed=%d, %s", seed, query)
                    .isEqualTo(Queries.rows(oneByOne, query));
        }
    }

    /** Of few rows, so that they come often; above zero, since a total that comes and goes within a batch is due for nobody. */
    private static HourlyTotal anyTotal(Random random, String of) {
        UsageKey key = new UsageKey(
                random.nextBoolean() ? "tokens" : "seats",
                of + random.nextInt(4),
                random.nextBoolean() ? "{}" : "{\"model\":\"" + random.nextInt(2) + "\"}");
        boolean closed = random.nextInt(3) > 0;
        return new HourlyTotal(
                key,
                WriterRig.HOUR.epochHour() + random.nextInt(2),
                BigDecimal.valueOf(1 + random.nextInt(1_000_000), random.nextInt(7)),
                random.nextInt(100),
                random.nextLong(),
                random.nextLong(),
                random.nextInt(3),
                closed ? 1 + random.nextInt(5) : 0,
                closed);
    }
}
