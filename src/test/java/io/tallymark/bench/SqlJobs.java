package io.tallymark.bench;

import java.time.Duration;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;

/**
 * The same totals in Flink SQL, as its documentation recommends them: deduplication by ROW_NUMBER, a tumbling window, an upsert into the
 * same table.
 */
final class SqlJobs {
    /** A punctual event is stored within two seconds, and a record's place in its partition is right but for as much. */
    private static final Duration SLACK = Duration.ofMinutes(1);

    /**
     * By processing time: repeats are equal, so any of them may be the first, and the result only grows. By event time Flink would hold
     * each row back, or take rows out again.
     */
    private static final String FIRST_OF_EACH_ID = """
            CREATE VIEW first_of_each_id AS
            SELECT subject, data.model AS model, data.tokens AS tokens, `time`
            FROM (
                SELECT *, ROW_NUMBER() OVER (PARTITION BY source, id ORDER BY read_at ASC) AS place
                FROM usage_events
                WHERE `type` = 'llm.completion')
            WHERE place = 1""";

    private static final String TOTALS = """
            INSERT INTO usage_hourly
            SELECT '%s', subject, JSON_OBJECT('model' VALUE model), window_start, SUM(tokens), COUNT(*),
                x'00000000000000000000000000000000', 1, TRUE, 0
            FROM TABLE(TUMBLE(TABLE first_of_each_id, DESCRIPTOR(`time`), INTERVAL '1' HOUR))
            GROUP BY subject, model, window_start, window_end""".formatted(TallymarkJobs.METRIC);

    private SqlJobs() {}

    /** Tuning, beside the checkpoints and the memory that all contenders share. */
    static Configuration settings(Duration maxLateness) {
        Configuration settings = new Configuration();
        settings.setString("pipeline.object-reuse", "true");
        settings.setString("table.local-time-zone", "UTC");
        settings.setString("table.exec.mini-batch.enabled", "true");
        settings.setString("table.exec.mini-batch.allow-latency", "1 s");
        settings.setString("table.exec.mini-batch.size", "20000");
        settings.setString("table.optimizer.agg-phase-strategy", "TWO_PHASE");
        // An id is kept for as long as Tallymark keeps it, but by the wall clock.
        settings.setString("table.exec.state.ttl", maxLateness.toSeconds() + " s");
        // A key is written once, when its hour closes: nothing has to be put in order before the table.
        settings.setString("table.exec.sink.require-on-conflict", "false");
        settings.setString("table.exec.sink.upsert-materialize", "NONE");
        // Most ids are new: without it each look-up reads files that do not have them.
        settings.setString("state.backend.rocksdb.use-bloom-filter", "true");
        return settings;
    }

    static JobClient start(StreamExecutionEnvironment env, RunPlan plan) {
        return defined(env, plan)
                .executeSql(TOTALS)
                .getJobClient()
                .orElseThrow(() -> new IllegalStateException("Flink SQL started no job"));
    }

    /** The operators that Flink would run. */
    static String explain(StreamExecutionEnvironment env, RunPlan plan) {
        return defined(env, plan).explainSql(TOTALS);
    }

    private static StreamTableEnvironment defined(StreamExecutionEnvironment env, RunPlan plan) {
        StreamTableEnvironment tables = StreamTableEnvironment.create(env);
        tables.executeSql(source(plan));
        tables.executeSql(FIRST_OF_EACH_ID);
        tables.executeSql(table(plan));
        return tables;
    }

    /** Events that come later than the watermark's delay would be lost, so the delay is as long as the lateness. */
    private static String source(RunPlan plan) {
        return """
                CREATE TABLE usage_events (
                    id STRING,
                    source STRING,
                    `type` STRING,
                    subject STRING,
                    `time` TIMESTAMP_LTZ(3),
                    data ROW<model STRING, tokens BIGINT>,
                    read_at AS PROCTIME(),
                    WATERMARK FOR `time` AS `time` - INTERVAL '%s' DAY TO SECOND
                ) WITH (
                    'connector' = 'kafka',
                    'properties.bootstrap.servers' = '%s',
                    'properties.%s' = '%s',
                    'properties.isolation.level' = 'read_committed',
                    'topic' = '%s',
                    'scan.startup.mode' = 'earliest-offset',
                    'format' = 'json',
                    'json.timestamp-format.standard' = 'ISO-8601'
                )""".formatted(
                        daysToSeconds(plan.lateness().plus(SLACK)),
                        plan.bootstrapServers(),
                        FetchedRecords.PROPERTY,
                        FetchedRecords.class.getName(),
                        plan.topic());
    }

    private static String daysToSeconds(Duration time) {
        return "%d %02d:%02d:%02d"
                .formatted(time.toDays(), time.toHoursPart(), time.toMinutesPart(), time.toSecondsPart());
    }

    /** The columns for which SQL has nothing to say are constants. */
    private static String table(RunPlan plan) {
        return """
                CREATE TABLE usage_hourly (
                    metric STRING,
                    customer_id STRING,
                    dimensions STRING,
                    period_start TIMESTAMP(3),
                    quantity DECIMAL(38, 0),
                    event_count BIGINT,
                    digest BYTES,
                    revision INT,
                    closed BOOLEAN,
                    writer_epoch BIGINT,
                    PRIMARY KEY (metric, customer_id, dimensions, period_start) NOT ENFORCED
                ) WITH (
                    'connector' = 'jdbc',
                    'url' = '%s?stringtype=unspecified&reWriteBatchedInserts=true',
                    'username' = '%s',
                    'password' = '',
                    'table-name' = 'usage_hourly',
                    'sink.buffer-flush.max-rows' = '1000',
                    'sink.buffer-flush.interval' = '1s'
                )""".formatted(plan.databaseUrl(), plan.databaseUser());
    }
}
