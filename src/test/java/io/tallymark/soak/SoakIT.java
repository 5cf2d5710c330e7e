package io.tallymark.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.embedded.traffic.OutcomeCounts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * {@code ./mvnw verify -Psoak -Dsoak.minutes=60 -Dseed=S}; with {@code -Dsoak.report=docs} its report becomes the committed one. Not part
 * of an ordinary {@code verify}.
 */
@Tag("soak")
@Tag("long")
class SoakIT {
    private static final long SEED = Long.getLong("seed", 1);
    private static final double MINUTES = Double.parseDouble(System.getProperty("soak.minutes", "60"));
    private static final double RECORDS_PER_SECOND = Double.parseDouble(System.getProperty("soak.rate", "4000"));
    private static final Path REPORT = Path.of(System.getProperty("soak.report", "target/soak"));
    private static final Path READINGS = Path.of("target/soak/readings.csv");

    @Test
    @Timeout(value = 3, unit = TimeUnit.DAYS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void nothingGrowsButTheTablesAndEverythingAgreesInTheEnd() throws Exception {
        SoakPlan plan = SoakPlan.of(SEED, MINUTES, RECORDS_PER_SECOND, Instant.now());
        SoakRun.say(plan.toString());
        Files.createDirectories(REPORT);
        Files.createDirectories(READINGS.toAbsolutePath().getParent());
        Files.deleteIfExists(READINGS);
        Recording recording = new Recording(READINGS);
        try (SoakRun run = SoakRun.start(plan)) {
            run.soak(recording);
            OutcomeCounts counts = run.compare();
            SoakRun.say("no difference among " + counts.read() + " records");

            SoakReport report = SoakReport.of(plan, recording, counts);
            report.write(REPORT);
            SoakRun.say("\n" + report.table());
            assertThat(report.findings())
                    .as("seed " + SEED)
                    .allMatch(finding -> finding.verdict().good());
        }
    }
}
