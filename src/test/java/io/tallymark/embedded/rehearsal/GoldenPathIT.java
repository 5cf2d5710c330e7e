package io.tallymark.embedded.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.embedded.ListenPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs docs/golden-path.sh as a user does: from catalog to finalized invoice, to the cent. */
@Timeout(value = 6, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GoldenPathIT {
    private static final List<String> PORTS =
            List.of("KAFKA_PORT", "POSTGRES_PORT", "STRIPE_PORT", "WEB_PORT", "SERVE_PORT");

    @TempDir
    private Path directory;

    private final Map<String, Integer> ports = new TreeMap<>();
    private Path temporary;
    private Path output;
    private Process script;

    @BeforeEach
    void start() throws IOException {
        believeBuilt();
        temporary = Files.createDirectory(directory.resolve("tmp"));
        output = directory.resolve("output");
        PORTS.forEach(port -> ports.put(port, ListenPort.free().resolve()));
        ProcessBuilder builder = new ProcessBuilder("docs/golden-path.sh")
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        ports.forEach((name, port) -> builder.environment().put(name, Integer.toString(port)));
        builder.environment().put("TMPDIR", temporary.toString());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        script = builder.start();
    }

    @AfterEach
    void end() throws InterruptedException {
        // Not by force: only the script ends what it started.
        script.destroy();
        script.waitFor(60, TimeUnit.SECONDS);
    }

    @Test
    void leadsFromTheCatalogToTheFinalizedInvoiceAndLeavesNothingBehind() throws Exception {
        int exitCode = script.waitFor();

        String text = Files.readString(output);
        assertThat(exitCode).as(text).isZero();
        assertThat(text)
                .containsSubsequence(
                        "catalog: applied, 4 to create",
                        "customers: imported added=1",
                        "subscribed acme to plan hybrid",
                        "produce: stored=12600",
                        "sync: OK told=",
                        "preview: OK prices=2 differing=0 ours=51.00 EUR stripe=51.00 EUR",
                        "produce: stored=345",
                        "hours-open: ",
                        "close: NO-GO invoices=1 closed=0 held=1",
                        "sync: OK told=",
                        "close: OK invoices=1 closed=1 held=0",
                        "sheet: rows=2 open=0 different=0");
        assertThat(text.lines().reduce((first, last) -> last))
                .contains("golden path: PASS base=4900 tiers=235 total=5135");
        assertThat(ports.values())
                .allSatisfy(port ->
                        assertThat(new ListenPort(port, "port").resolve()).isEqualTo(port));
        try (Stream<Path> left = Files.list(temporary)) {
            assertThat(left).isEmpty();
        }
    }

    /** Under Maven everything is built by now; without this the launcher, which has not seen it, would build inside of the build. */
    private static void believeBuilt() throws IOException {
        if (System.getProperty("tallymark.job-jar") != null) {
            Files.writeString(Path.of("target", "launcher", "built"), "");
        }
    }
}
