package io.tallymark.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tallymark.config.Settings;
import io.tallymark.config.SettingsLoader;
import io.tallymark.simulator.SettableClock;
import io.tallymark.simulator.StripeSimulator;
import io.tallymark.simulator.call.Fault;
import io.tallymark.usage.DatabaseAccess;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** One seed of the reporting proof: some days of usage in rounds, each followed by a disturbance, and the comparison at the end. */
final class ReportingRun implements AutoCloseable {
    static final int HOURS = 200;

    private static final Instant EPOCH = Instant.parse("2026-03-02T00:00:00Z");
    private static final Duration DEADLINE = Duration.ofMinutes(3);
    private static final Duration CALL_DEADLINE = Duration.ofSeconds(1);
    private static final Duration AT_WORK = Duration.ofMillis(400);
    private static final Duration LONG_DOWN = Duration.ofHours(30);
    /** Longer than Stripe's summaries lag behind. */
    private static final Duration LAG_PASSED = Duration.ofMinutes(65);

    private static final int SHORT_STEPS = 8;
    private static final int MOST_STEPS = 48;
    private static final int PARTITIONS = 3;
    private static final int CHECKPOINTS_OF_REST = 4;
    private static final String BOUNDARY = "boundary";
    private static final String LATECOMER = "latecomer";
    private static final List<String> SUBJECTS = List.of("acme", "bolt", "corp", BOUNDARY, LATECOMER);
    private static final Fault[] FAULTS =
            Arrays.stream(Fault.values()).filter(fault -> fault != Fault.NONE).toArray(Fault[]::new);

    private final long seed;
    private final Random random;
    private final ProofStack stack;
    private final Instant start;
    private final StripeSimulator simulator;
    private final ProofDatabase database;
    private final ProofClock clock;
    private final ProofAccount account;
    private final ProofTraffic traffic;
    private final ProofJob job;
    private final Map<Disturbance, Integer> disturbances = new EnumMap<>(Disturbance.class);

    ReportingRun(ProofStack stack, long seed) throws Exception {
        this.stack = stack;
        this.seed = seed;
        random = new Random(seed);
        start = EPOCH.plus(random.nextInt(240), ChronoUnit.HOURS);
        SettableClock now = new SettableClock(start);
        simulator = StripeSimulator.start(0, now);
        String name = "seed_" + seed;
        DatabaseAccess access = stack.database().create(name);
        database = ProofDatabase.open(access);
        clock = ProofClock.install(access, now, CALL_DEADLINE.multipliedBy(2));
        stack.createTopic(name, PARTITIONS);
        stack.createTopic(name + "_letters", 1);
        Settings settings = settings(name, access);
        account = ProofAccount.create(simulator, settings, database, anchors());
        traffic = new ProofTraffic(random, stack.kafka().bootstrapServers(), name, PARTITIONS, SUBJECTS);
        job = new ProofJob(stack, settings, database);
    }

    /** Plays the run and compares at its end. */
    ProofTally play() throws Exception {
        for (ProofAccount.Customer customer : account.customers()) {
            if (!customer.subject().equals(LATECOMER)) {
                account.map(customer);
            }
        }
        job.startFromNothing(parallelism());
        List<Disturbance> plan = plan();
        for (int round = 0; round < plan.size() || hours() < HOURS; round++) {
            if (round == plan.size() / 2) {
                account.map(account.customers().get(SUBJECTS.indexOf(LATECOMER)));
            }
            play(round < plan.size() ? plan.get(round) : Disturbance.NONE);
        }
        comeToRest();
        ProofCheck check = new ProofCheck(
                traffic.model(),
                database,
                account,
                start.minus(ProofTraffic.MAX_LATENESS),
                clock.now().truncatedTo(ChronoUnit.HOURS));
        List<String> differences = check.differences();
        ProofTally tally = ProofTally.of(database, simulator, traffic, hours(), disturbances);
        assertThat(differences)
                .as("seed %d: %s%nreports of unusual fate:%n%s", seed, tally, check.unusualReports())
                .isEmpty();
        return tally;
    }

    @Override
    public void close() throws SQLException {
        job.close();
        traffic.close();
        clock.close();
        database.close();
        simulator.close();
    }

    private Settings settings(String name, DatabaseAccess access) {
        String yaml = """
                kafka: {bootstrap-servers: replaced, topic: %s, dead-letter-topic: %s_letters, trust-create-time: true}
                postgres: {url: "jdbc:postgresql:", user: replaced}
                metering: {max-lateness: %dh, early-results: 200ms, close-delay: 2m, quiet-partition: 30s}
                stripe: {call-deadline: %dms, max-requests-per-second: 10000, concurrency: 48}
                reporting: {tick: 20ms, lease: 30s}
                """.formatted(name, name, ProofTraffic.MAX_LATENESS.toHours(), CALL_DEADLINE.toMillis());
        return SettingsLoader.fromText(name, yaml + ProofMeter.yaml())
                .on(stack.kafka().bootstrapServers(), access, simulator.apiBase());
    }

    /** One customer's period ends in the middle of the run; that of the others covers it. */
    private Map<String, Instant> anchors() {
        Map<String, Instant> anchors = new LinkedHashMap<>();
        Instant boundary = start.plus(random.nextInt(60, 140), ChronoUnit.HOURS);
        for (String subject : SUBJECTS) {
            Instant begins = start.minus(random.nextInt(48, 72), ChronoUnit.HOURS);
            anchors.put(subject, subject.equals(BOUNDARY) ? boundary.minus(28, ChronoUnit.DAYS) : begins);
        }
        return anchors;
    }

    /** Every kind at least once; a savepoint early, so that there is an old one later. */
    private List<Disturbance> plan() {
        Disturbance[] values = Disturbance.values();
        List<Disturbance> plan = new ArrayList<>(List.of(values));
        plan.addAll(List.of(
                Disturbance.NONE,
                Disturbance.NONE,
                Disturbance.NONE,
                values[random.nextInt(values.length)],
                values[random.nextInt(values.length)]));
        Collections.shuffle(plan, random);
        plan.add(0, Disturbance.SAVEPOINT);
        return plan;
    }

    private void play(Disturbance disturbance) throws Exception {
        simulator.faults().clear();
        simulator.summaryLag(Duration.ofMinutes(random.nextInt(30)));
        simulator.validationDelay(Duration.ofMinutes(random.nextInt(10)));
        Duration hold = Duration.ofMillis(random.nextInt(5) == 0 ? 1_200 : 100);
        simulator.faults().timeoutAfter(hold).slowBody(hold);
        simulator.faults().chance(random.nextLong(), 0.02 + random.nextDouble() * 0.25, FAULTS);
        usage(Duration.ofHours(random.nextInt(8, 15)));
        if (random.nextBoolean()) {
            awaitRead();
        }
        work(random.nextInt(4));
        disturbances.merge(disturbance, 1, Integer::sum);
        disturb(disturbance);
        work(random.nextInt(4));
    }

    /** The clocks move on, and what happened meanwhile is sent. */
    private void usage(Duration span) throws SQLException {
        Instant from = clock.now().truncatedTo(ChronoUnit.HOURS);
        clock.advance(Duration.between(clock.now(), from.plus(span)));
        traffic.send(from, clock.now());
    }

    private void disturb(Disturbance disturbance) throws Exception {
        switch (disturbance) {
            case NONE -> {}
            case TASK_MANAGER_LOST -> job.loseTaskManager();
            case CONNECTIONS_CUT -> cutConnections();
            case CHECKPOINT -> {
                cancel();
                job.startFromCheckpoint(parallelism());
            }
            case SAVEPOINT -> {
                job.stopWithSavepoint();
                job.startFromSavepoint(0, parallelism());
            }
            case OLD_SAVEPOINT -> {
                cancel();
                job.startFromSavepoint(random.nextInt(job.savepoints()), parallelism());
            }
            case NO_STATE -> {
                cancel();
                job.startFromNothing(parallelism());
            }
            case LONG_DOWN -> {
                cancel();
                usage(LONG_DOWN);
                job.startFromCheckpoint(parallelism());
            }
            case OUTAGE -> simulator.faults().outage(true);
        }
    }

    private void cancel() throws Exception {
        if (random.nextBoolean()) {
            work(1);
        }
        job.awaitCheckpoint();
        job.cancel();
    }

    private void cutConnections() throws SQLException {
        database.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                        + " AND backend_type = 'client backend' AND pid <> pg_backend_pid() AND application_name <> ?",
                ProofDatabase.APPLICATION);
    }

    /** The reporter works for some moments of the simulated time. */
    private void work(int steps) throws Exception {
        for (int step = 0; step < steps; step++) {
            Waiting.until(this::isReporterIdle, AT_WORK);
            clock.advance(Duration.ofSeconds(random.nextInt(1, 240)));
        }
    }

    private boolean isReporterIdle() throws SQLException {
        return database.holds("""
                NOT EXISTS (SELECT FROM report_due WHERE NOT queued) AND (
                    NOT EXISTS (SELECT FROM report_lane WHERE ready_at <= report_now() OR claim_id IS NOT NULL)
                    OR EXISTS (SELECT FROM report_pace WHERE paused_until > report_now()))
                """);
    }

    private void awaitRead() {
        await().atMost(DEADLINE)
                .pollInterval(Waiting.POLL)
                .until(() ->
                        database.number("SELECT sum(read) FROM intake_hourly").longValue() >= traffic.records());
    }

    private void comeToRest() throws Exception {
        simulator.faults().clear();
        usage(Duration.ofHours(2));
        clock.advance(Duration.ofHours(2));
        traffic.mark(clock.now());
        awaitRead();
        await().atMost(DEADLINE)
                .pollInterval(Waiting.POLL)
                .until(() -> database.holds(
                        "NOT EXISTS (SELECT FROM usage_hourly WHERE NOT closed AND metric <> 'markers')"));
        for (int checkpoint = 0; checkpoint < CHECKPOINTS_OF_REST; checkpoint++) {
            job.awaitCheckpoint();
        }
        for (int step = 0; step < MOST_STEPS && !isReported(); step++) {
            Waiting.until(() -> isReporterIdle() || isReported(), AT_WORK.multipliedBy(10));
            clock.advance(step < SHORT_STEPS ? Duration.ofMinutes(5) : LAG_PASSED);
        }
        clock.advance(LAG_PASSED);
    }

    private boolean isReported() throws SQLException {
        return database.holds("NOT EXISTS (SELECT FROM report_due) AND NOT EXISTS (SELECT FROM report_lane)");
    }

    private int parallelism() {
        return random.nextInt(1, 3);
    }

    private int hours() {
        return (int) Duration.between(start, clock.now()).toHours();
    }
}
