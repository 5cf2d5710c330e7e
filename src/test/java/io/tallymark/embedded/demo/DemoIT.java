package io.tallymark.embedded.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The whole path on real parts: Kafka, Flink, Postgres, the ledger and Stripe's summaries agree with the generator's truth. */
class DemoIT {
    @Test
    void provesTheDayWithTheTaskManagerLostInTheMiddle() throws Exception {
        DemoSettings settings = new DemoSettings(Duration.ofSeconds(10), 800, 20_261_122, true, false);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        boolean passed;
        try (PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            passed = new Demo(settings, out, false, Clock.systemUTC()).run();
        }

        String output = bytes.toString(StandardCharsets.UTF_8);
        assertThat(passed).as(output).isTrue();
        assertThat(output).contains("demo: killing the TaskManager");
        assertThat(output.lines().reduce((first, last) -> last).orElseThrow())
                .matches(
                        "demo: PASS read=8004 counted=\\d+ withdrawn=\\d+ duplicates=\\d+ conflicts=\\d+( void-waiting=\\d+)?"
                                + " dead-lettered=\\d+ ignored=\\d+ rows=\\d+ reported=\\d+");
    }
}
