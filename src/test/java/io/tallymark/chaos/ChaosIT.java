package io.tallymark.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Kills and cuts the parts of a running system and compares truth, table, ledger and Stripe. A short run of the cheap faults belongs to
 * every {@code verify}; {@code ./mvnw verify -Pchaos -Dkills=N -Dseed=S} draws from all, or from those of {@code -Dfaults=}.
 */
@Tag("chaos")
class ChaosIT {
    private static final List<Fault> CHEAP = List.of(
            Fault.KILL_TASK_MANAGER,
            Fault.KILL_DATABASE,
            Fault.KILL_KAFKA,
            Fault.CUT_DATABASE,
            Fault.KILL_REPORTER,
            Fault.KILL_JOB_MANAGER);
    private static final int KILLS = Integer.getInteger("kills", 0);
    private static final long SEED = Long.getLong("seed", 1);
    private static final double RECORDS_PER_SECOND = 200;
    /** An hour in 12 seconds. */
    private static final double SPEED = 300;

    private static final int FAULTS_BETWEEN_COMPARISONS = 7;

    @Test
    @Timeout(value = 3, unit = TimeUnit.HOURS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void truthTableLedgerAndStripeAgreeWhateverDies() throws Exception {
        ChaosPlan plan = KILLS == 0 ? ChaosPlan.draw(SEED, CHEAP.size(), CHEAP) : ChaosPlan.draw(SEED, KILLS, kinds());
        say("seed " + SEED + ", " + plan.steps().size() + " faults");
        Random random = new Random(SEED);
        Recoveries recoveries = new Recoveries();
        try (ChaosRun run = ChaosRun.start(SEED, RECORDS_PER_SECOND, SPEED)) {
            for (ChaosPlan.Step step : plan.steps()) {
                Duration recovery = run.strike(step, random);
                recoveries.add(step.fault(), recovery);
                say("%3d %s %.1f s".formatted(recoveries.count(), step.fault(), recovery.toMillis() / 1e3));
                if (recoveries.count() % FAULTS_BETWEEN_COMPARISONS == 0) {
                    run.compare();
                    say("no difference among " + run.traffic().stored() + " records");
                    run.traffic().flow();
                }
            }
            run.compareClosed();
            assertThat(run.watcher().rows())
                    .as("rows that the watcher compared")
                    .isPositive();
            say("no difference among " + run.traffic().stored() + " records, hours closed, "
                    + run.watcher().rows() + " rows seen, none above the truth\n" + recoveries);
        } finally {
            write(recoveries);
        }
    }

    /** All that this machine can do, or those that {@code -Dfaults=KILL_KAFKA,CUT_KAFKA} names. */
    private static List<Fault> kinds() {
        String named = System.getProperty("faults", "");
        return named.isEmpty()
                ? Fault.possible()
                : Stream.of(named.split(",")).map(Fault::valueOf).toList();
    }

    private static void write(Recoveries recoveries) throws IOException {
        String file = System.getProperty("chaos.file", "");
        if (!file.isEmpty()) {
            Files.write(Path.of(file), recoveries.lines(SEED), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
    }

    private static void say(String line) {
        System.out.println("chaos: " + line);
    }
}
