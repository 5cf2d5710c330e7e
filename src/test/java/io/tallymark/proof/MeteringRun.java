package io.tallymark.proof;

import static org.awaitility.Awaitility.await;

import io.tallymark.TallymarkJob;
import io.tallymark.config.Settings;
import io.tallymark.embedded.EmbeddedFlink;
import io.tallymark.embedded.demo.BalanceReader;
import io.tallymark.embedded.demo.BalanceSheet;
import io.tallymark.embedded.demo.DeadLetterReader;
import io.tallymark.ingest.StartingPoint;
import io.tallymark.topology.JobGuarantees;
import io.tallymark.topology.MeteringPipeline;
import io.tallymark.usage.RejectReason;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** One run of the metering pipeline over a topic, and what it wrote. */
final class MeteringRun implements AutoCloseable {
    private static final Duration STOP = Duration.ofMinutes(1);
    private static final Duration POLL = Duration.ofMillis(50);
    /** Checkpoints after the last row was seen closed: an early result that was still due is written within the first. */
    private static final int CHECKPOINTS_OF_REST = 4;

    private final ProofStack stack;
    private final Settings settings;
    private final BalanceReader balance;
    private JobID job;

    private MeteringRun(ProofStack stack, Settings settings, JobID job) {
        this.stack = stack;
        this.settings = settings;
        this.balance = new BalanceReader(settings.database(), settings.ingest().topic());
        this.job = job;
    }

    static MeteringRun start(ProofStack stack, Settings settings, int parallelism) throws Exception {
        return start(stack, settings, parallelism, new Configuration());
    }

    /** With settings of the job, such as where it begins. */
    static MeteringRun start(ProofStack stack, Settings settings, int parallelism, Configuration job) throws Exception {
        return new MeteringRun(stack, settings, submit(stack, settings, parallelism, job));
    }

    /** Begins where the savepoint of another broker's job ends: its topic had another id, but the same records. */
    static MeteringRun resume(ProofStack stack, Settings settings, int parallelism, String savepoint) throws Exception {
        StreamExecutionEnvironment env = environment(stack, parallelism, EmbeddedFlink.from(savepoint));
        JobGuarantees.apply(env);
        StartingPoint copy = StartingPoint.ofWholeTopic(settings.ingest().topic());
        MeteringPipeline.of(settings, copy, MeteringPipeline.NO_FORMER_JOB).build(env);
        return new MeteringRun(stack, settings, env.executeAsync("resumed").getJobID());
    }

    /** Waits until so many records are accounted for. */
    void awaitRead(long records, Duration deadline) {
        await().atMost(deadline).pollInterval(POLL).until(() -> balance.read() >= records);
    }

    /** Waits until everything is read, every hour closed and every change written. */
    void awaitRest(long records, Duration deadline) throws SQLException {
        awaitRead(records, deadline);
        await().atMost(deadline)
                .pollInterval(POLL)
                .until(() -> number("SELECT count(*) FROM usage_hourly") > 0
                        && number("SELECT count(*) FROM usage_hourly WHERE NOT closed") == 0);
        awaitCheckpoints(deadline);
    }

    /** Waits until so many records are accounted for, and all that they changed is written, in running hours too. */
    void awaitWritten(long records, Duration deadline) throws SQLException {
        awaitRead(records, deadline);
        awaitCheckpoints(deadline);
    }

    private void awaitCheckpoints(Duration deadline) throws SQLException {
        for (int checkpoint = 0; checkpoint < CHECKPOINTS_OF_REST; checkpoint++) {
            long before = lastCheckpoint();
            await().atMost(deadline).pollInterval(POLL).until(() -> lastCheckpoint() > before);
        }
    }

    void loseTaskManager() throws Exception {
        stack.flink().loseTaskManager();
    }

    /** Stops with a savepoint and goes on from it at another parallelism. */
    void moveTo(int parallelism) throws Exception {
        String savepoint = stopWithSavepoint();
        job = submit(stack, settings, parallelism, EmbeddedFlink.from(savepoint));
    }

    /** Stops with a savepoint and goes on from it with other settings on the same topic and database. */
    MeteringRun changeTo(Settings other, int parallelism) throws Exception {
        String savepoint = stopWithSavepoint();
        return new MeteringRun(stack, other, submit(stack, other, parallelism, EmbeddedFlink.from(savepoint)));
    }

    /** Waits until the job has ended by itself, and tells why. */
    String awaitFailure() {
        await().atMost(STOP).until(() -> stack.flink().status(job) == JobStatus.FAILED);
        return stack.flink().failure(job);
    }

    /** Ends it; there is nothing to close any more. */
    String stopWithSavepoint() {
        return stack.flink().stopWithSavepoint(job);
    }

    @Override
    public void close() {
        if (!stack.flink().status(job).isGloballyTerminalState()) {
            stack.flink().cancel(job);
        }
        await().atMost(STOP).until(() -> stack.flink().status(job).isGloballyTerminalState());
    }

    /** What went wrong since the job was last submitted. */
    List<String> failures() {
        return stack.flink().failures(job);
    }

    BalanceSheet balanceSheet() throws SQLException {
        return balance.sheet();
    }

    List<String> rows() throws SQLException {
        return UsageRows.of(settings.database());
    }

    Map<RejectReason, Long> letters() {
        return new DeadLetterReader(
                        stack.kafka().bootstrapServers(), settings.deadLetters().topic())
                .countByReason();
    }

    private static JobID submit(ProofStack stack, Settings settings, int parallelism, Configuration job)
            throws Exception {
        StreamExecutionEnvironment env = environment(stack, parallelism, job);
        TallymarkJob.build(env, settings);
        return env.executeAsync("proof").getJobID();
    }

    private static StreamExecutionEnvironment environment(ProofStack stack, int parallelism, Configuration job) {
        job.set(CoreOptions.DEFAULT_PARALLELISM, parallelism);
        StreamExecutionEnvironment env = stack.flink().environment(job);
        // Once more: Flink's remote environment has just set the one about state that nobody claims to false.
        env.configure(job);
        return env;
    }

    private long lastCheckpoint() throws SQLException {
        return number("SELECT extract(epoch FROM written_at) * 1000000 FROM metering_progress");
    }

    private long number(String query) throws SQLException {
        try (Connection connection = settings.database().connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            return row.next() ? row.getLong(1) : 0;
        }
    }
}
