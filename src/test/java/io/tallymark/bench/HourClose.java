package io.tallymark.bench;

import io.tallymark.embedded.EmbeddedDatabase;
import io.tallymark.embedded.ListenPort;
import io.tallymark.embedded.Teardown;
import io.tallymark.embedded.WorkDirectory;
import io.tallymark.table.SingleRowUpserts;
import io.tallymark.table.UsageTable;
import io.tallymark.usage.BillingHour;
import io.tallymark.usage.DatabaseAccess;
import io.tallymark.usage.HourlyTotal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessage;
import org.apache.flink.streaming.runtime.operators.sink.SinkWriterOperatorFactory;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;

/** Writes the totals of a closed hour by each path in turn, into an empty database each time, and compares the table with them. */
final class HourClose {
    private static final double NANOS = 1e9;

    private final int rows;
    private final int rounds;
    private final Consumer<String> progress;

    /** @param progress takes a line for each run */
    HourClose(int rows, int rounds, Consumer<String> progress) {
        this.rows = rows;
        this.rounds = rounds;
        this.progress = progress;
    }

    /**
     * Runs all rounds; each begins with another path.
     *
     * @return each path's seconds, round by round
     * @throws IllegalStateException when the table is not what was written
     */
    Map<WritePath, List<Double>> run() throws Exception {
        List<HourlyTotal> totals = ClosingHour.totals(rows, BillingHour.containing(Instant.now()));
        Map<WritePath, List<Double>> seconds = new EnumMap<>(WritePath.class);
        try (Teardown teardown = Teardown.atExit()) {
            WorkDirectory work = teardown.open(WorkDirectory::create);
            EmbeddedDatabase database =
                    teardown.open(() -> EmbeddedDatabase.start(work.directory("postgres"), ListenPort.free()));
            WritePath[] paths = WritePath.values();
            for (int run = 0; run < rounds * paths.length; run++) {
                int round = run / paths.length;
                WritePath path = paths[(run + round) % paths.length];
                double taken = runOnce(path, totals, database, "hour_close_" + run);
                seconds.computeIfAbsent(path, key -> new ArrayList<>()).add(taken);
                progress.accept("round %d, %-20s %,9.0f rows/s".formatted(round + 1, path.title() + ":", rows / taken));
            }
        }
        return seconds;
    }

    private static double runOnce(WritePath path, List<HourlyTotal> totals, EmbeddedDatabase database, String name)
            throws Exception {
        DatabaseAccess access = database.create(name);
        execute(
                access,
                "INSERT INTO reported_meter (metric, event_name, mode) VALUES ('" + ClosingHour.METRIC
                        + "', 'tokens', 'hourly-total')");
        double taken = switch (path) {
            case SINK -> throughSink(UsageTable.sink(access), totals);
            case SINGLE_ROWS -> throughSink(SingleRowUpserts.sink(access), totals);
            case ONE_STATEMENT -> inOneStatement(access, totals);
        };
        requireWritten(path, access, totals);
        execute(database.access(), "DROP DATABASE " + name + " WITH (FORCE)");
        return taken;
    }

    /** As the job does: element by element into the sink's operator, and then the barrier of a checkpoint. */
    @SuppressWarnings("try") // Its close may be interrupted; nobody does.
    private static double throughSink(Sink<HourlyTotal> sink, List<HourlyTotal> totals) throws Exception {
        try (OneInputStreamOperatorTestHarness<HourlyTotal, CommittableMessage<Void>> operator =
                new OneInputStreamOperatorTestHarness<>(
                        new SinkWriterOperatorFactory<>(sink),
                        TypeInformation.of(HourlyTotal.class).createSerializer(new SerializerConfigImpl()))) {
            operator.open();
            long begun = System.nanoTime();
            for (HourlyTotal total : totals) {
                operator.processElement(new StreamRecord<>(total));
            }
            operator.prepareSnapshotPreBarrier(1);
            return (System.nanoTime() - begun) / NANOS;
        }
    }

    private static double inOneStatement(DatabaseAccess access, List<HourlyTotal> totals) throws SQLException {
        try (OneStatement statement = new OneStatement(access)) {
            statement.fill(totals);
            long begun = System.nanoTime();
            statement.upsert();
            return (System.nanoTime() - begun) / NANOS;
        }
    }

    private static void requireWritten(WritePath path, DatabaseAccess access, List<HourlyTotal> totals)
            throws SQLException {
        String expected = totals.size() + " rows, " + totals.size() + " due, "
                + ClosingHour.sum(totals).stripTrailingZeros().toPlainString() + " posted";
        try (Connection connection = access.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("""
                        SELECT (SELECT count(*) FROM usage_hourly WHERE closed) || ' rows, '
                            || (SELECT count(*) FROM report_due) || ' due, '
                            || (SELECT trim_scale(sum(amount)) FROM ledger_entry) || ' posted'
                        """)) {
            row.next();
            if (!expected.equals(row.getString(1))) {
                throw new IllegalStateException(
                        path.title() + " wrote " + row.getString(1) + " instead of " + expected);
            }
        }
    }

    private static void execute(DatabaseAccess access, String sql) throws SQLException {
        try (Connection connection = access.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
