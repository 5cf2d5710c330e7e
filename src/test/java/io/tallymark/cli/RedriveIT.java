package io.tallymark.cli;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.flink.core.execution.JobClient;
import org.junit.jupiter.api.Test;

/** A mistake in the configuration is mended, and what it rejected is counted, on all real parts. */
class RedriveIT {
    private static final String ROWS = "SELECT metric, quantity, event_count FROM usage_hourly";

    @Test
    void whatAWrongConfigurationRejectedIsCountedOnceHoweverOftenItIsRedriven() throws Exception {
        Instant now = Instant.now();
        try (MeteringRig rig = new MeteringRig(Map.of("message.timestamp.type", "LogAppendTime"))) {
            Path wrong = rig.config("wrong.yaml", "", meter("data.tokenz"));
            JobClient job = rig.start(wrong);
            rig.send(0, 0, event("a", now, 7));
            rig.send(1, 0, event("b", now, 5));
            rig.send(0, 0, event("a", now, 7));
            await().atMost(60, SECONDS)
                    .untilAsserted(() -> assertThat(rig.kafka().endOffsets("usage-dead-letters"))
                            .containsExactly(Map.entry(0, 3L)));

            CommandRun early = redrive(wrong);
            assertThat(early.out()).containsPattern("MISSING_ATTRIBUTE +3\n").contains("sent 2 to usage-events");
            await().atMost(60, SECONDS)
                    .untilAsserted(() -> assertThat(rig.kafka().endOffsets("usage-dead-letters"))
                            .containsExactly(Map.entry(0, 5L)));

            Path mended = rig.config("mended.yaml", "", meter("data.tokens"));
            rig.restart(job, mended);
            for (int drive = 0; drive < 2; drive++) {
                CommandRun redrive = redrive(mended);
                assertThat(redrive.exitCode()).isZero();
                // Five letters by now, and still two events.
                assertThat(redrive.out())
                        .containsPattern("MISSING_ATTRIBUTE +5\n")
                        .contains("sent 2 to usage-events");
            }
            rig.send(0, 0, event("last-0", now, 100));
            rig.send(1, 0, event("last-1", now, 100));

            await().atMost(60, SECONDS)
                    .untilAsserted(() -> assertThat(rig.query(ROWS)).isEqualTo(List.of("tokens 212 4")));
            assertThat(rig.kafka().endOffsets("usage-dead-letters")).containsExactly(Map.entry(0, 5L));
        }
    }

    private static CommandRun redrive(Path config) {
        return CommandRun.of("dead-letters", "redrive", "--apply", "--config", config.toString());
    }

    private static String meter(String path) {
        return "{metric: tokens, event-type: api.request, aggregation: sum, value: " + path + "}";
    }

    private static String event(String id, Instant time, int tokens) {
        return "{\"id\":\"%s\",\"source\":\"test\",\"type\":\"api.request\",\"subject\":\"cust-1\",\"time\":\"%s\",\"data\":{\"tokens\":%d}}"
                .formatted(id, time, tokens);
    }
}
