package io.tallymark.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.embedded.EmbeddedFlink;
import io.tallymark.embedded.EmbeddedKafka;
import io.tallymark.embedded.ListenPort;
import io.tallymark.embedded.WorkDirectory;
import io.tallymark.usage.Origin;
import io.tallymark.usage.RejectReason;
import io.tallymark.usage.Rejection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The largest letters through the real sink to a broker with its default limits. */
class DeadLetterSizeIT {
    private static final int DIGITS_10_MIB = 10 << 20;

    @Test
    @Timeout(value = 120, unit = TimeUnit.SECONDS)
    void noLetterIsTooLargeForADefaultTopic() throws Exception {
        try (WorkDirectory work = WorkDirectory.create();
                EmbeddedKafka kafka = EmbeddedKafka.start(work.directory("kafka"), ListenPort.free());
                EmbeddedFlink flink = EmbeddedFlink.start(
                        work.directory("flink"),
                        ListenPort.free(),
                        new EmbeddedFlink.Size(1, 1),
                        new Configuration())) {
            kafka.createTopic("letters", 1, Map.of());
            byte[] incompressible = new byte[DeadLetterEncoder.MAX_RECORD_BYTES];
            new Random(1).nextBytes(incompressible);

            StreamExecutionEnvironment env = flink.environment();
            env.fromData(
                            TypeInformation.of(Rejection.class),
                            rejection(incompressible),
                            rejection(new byte[DeadLetterEncoder.MAX_RECORD_BYTES + 1]),
                            rejection(new byte[DIGITS_10_MIB]))
                    .sinkTo(DeadLetterSink.sink(new DeadLetterSettings(kafka.bootstrapServers(), "letters", Map.of())));
            env.execute("letters");

            assertThat(kafka.endOffsets("letters")).containsExactly(Map.entry(0, 3L));
        }
    }

    private static Rejection rejection(byte[] value) {
        return new Rejection(
                new Origin("usage-events", 0, 0),
                0,
                null,
                value,
                List.of(),
                RejectReason.TOO_LARGE,
                "the record is too large: " + "x".repeat(400));
    }
}
