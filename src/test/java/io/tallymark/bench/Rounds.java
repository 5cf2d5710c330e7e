package io.tallymark.bench;

import io.tallymark.embedded.EmbeddedDatabase;
import io.tallymark.embedded.EmbeddedKafka;
import io.tallymark.embedded.ListenPort;
import io.tallymark.embedded.Teardown;
import io.tallymark.embedded.WorkDirectory;
import io.tallymark.usage.DatabaseAccess;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Produces a workload once and runs every contender over it, round by round. */
final class Rounds {
    private static final int MOST_ATTEMPTS = 3;
    private static final String TOPIC = "usage-events";

    private final Workload load;
    private final int rounds;
    private final List<Contender> contenders;
    private final RunSize size;
    private final Consumer<String> progress;

    /**
     * Creates them.
     *
     * @param rounds how often each contender runs
     * @param contenders who runs, in this order
     * @param progress takes a line for each step
     */
    Rounds(Workload load, int rounds, List<Contender> contenders, RunSize size, Consumer<String> progress) {
        this.load = load;
        this.rounds = rounds;
        this.contenders = contenders;
        this.size = size;
        this.progress = progress;
    }

    /**
     * Runs all rounds.
     *
     * @return each contender's runs, in order
     * @throws BenchFailure when a run fails, or its table is not the truth
     */
    Map<Contender, List<RunFigures>> run() throws Exception {
        try (Teardown teardown = Teardown.atExit()) {
            WorkDirectory work = teardown.open(WorkDirectory::create);
            EmbeddedKafka kafka = teardown.open(() -> EmbeddedKafka.start(work.directory("kafka"), ListenPort.free()));
            EmbeddedDatabase database =
                    teardown.open(() -> EmbeddedDatabase.start(work.directory("postgres"), ListenPort.free()));
            Truth truth = produce(kafka);
            Map<Contender, List<RunFigures>> figures = new EnumMap<>(Contender.class);
            for (int round = 1; round <= rounds; round++) {
                for (Contender contender : contenders) {
                    RunFigures run = run(contender, round, kafka, database, truth, work.root());
                    figures.computeIfAbsent(contender, key -> new ArrayList<>()).add(run);
                }
            }
            return figures;
        }
    }

    private RunFigures run(
            Contender contender, int round, EmbeddedKafka kafka, EmbeddedDatabase database, Truth truth, Path work)
            throws Exception {
        String name = contender.id() + "_" + round;
        for (int attempt = 1; ; attempt++) {
            DatabaseAccess access = contender.writesTable() ? database.create(name) : database.access();
            RunPlan plan = plan(contender, kafka, access, truth, work.resolve(name));
            try {
                return runOnce(plan, round, truth);
            } catch (RunProcess.StandstillException e) {
                if (attempt == MOST_ATTEMPTS) {
                    throw e;
                }
                progress.accept("round %d, %s runs again: %s".formatted(round, contender.title(), e.getMessage()));
            } finally {
                forget(database, contender, name, plan.directory());
            }
        }
    }

    private Truth produce(EmbeddedKafka kafka) {
        kafka.createTopic(TOPIC, load.partitions(), Map.of("message.timestamp.type", "CreateTime"));
        kafka.createTopic(RunPlan.DEAD_LETTERS, 1, Map.of());
        progress.accept("producing %,d records".formatted(load.records()));
        long begun = System.nanoTime();
        Truth truth = new TopicWriter(load, TOPIC).write(kafka.bootstrapServers());
        progress.accept("produced %,d records with %,d ids in %.1f s"
                .formatted(load.records(), load.ids(), (System.nanoTime() - begun) / 1e9));
        return truth;
    }

    private RunFigures runOnce(RunPlan plan, int round, Truth truth) throws Exception {
        RunFigures run = RunProcess.run(plan);
        if (plan.contender().writesTable()) {
            String differences = truth.differences(plan.database());
            if (!differences.isEmpty()) {
                throw new BenchFailure(
                        plan.contender().title() + " counted wrong, so nothing is reported:\n" + differences);
            }
        }
        progress.accept("round %d, %-10s %,9d events/s, %.2f CPU s per million"
                .formatted(
                        round,
                        plan.contender().title() + ":",
                        Summary.eventsPerSecond(load, run),
                        Summary.cpuSecondsPerMillion(load, run)));
        return run;
    }

    private RunPlan plan(Contender contender, EmbeddedKafka kafka, DatabaseAccess access, Truth truth, Path directory) {
        return new RunPlan(
                contender,
                kafka.bootstrapServers(),
                TOPIC,
                access.url(),
                access.user(),
                directory,
                load.maxLateness(),
                load.lateness(),
                load.recordsWithMarkers(),
                truth.rows(),
                load.partitions(),
                truth.allTokens(),
                truth.allEvents(),
                size);
    }

    /** State of many ids is large: no run keeps its files while the next one runs. */
    private static void forget(EmbeddedDatabase database, Contender contender, String name, Path directory)
            throws Exception {
        FileTree.delete(directory);
        if (contender.writesTable()) {
            try (Connection connection = database.access().connect();
                    Statement statement = connection.createStatement()) {
                statement.execute("DROP DATABASE " + name + " WITH (FORCE)");
            }
        }
    }
}
