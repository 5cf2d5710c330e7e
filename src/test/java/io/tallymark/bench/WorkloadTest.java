package io.tallymark.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.config.SettingsLoader;
import io.tallymark.ingest.RecordReader;
import io.tallymark.usage.UsageEvent;
import io.tallymark.usage.UserError;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class WorkloadTest {
    private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
    private static final long SEED = 7;
    private static final long RECORDS = 5_000;
    private static final Workload LOAD = workload(Duration.ofHours(6), Duration.ofHours(1));

    private final EventBytes bytes = new EventBytes();

    @Test
    void anEventIsReadAsItWasDrawn() {
        RecordReader reader = new RecordReader(
                SettingsLoader.fromText("test", TallymarkJobs.yaml(plan())).ingest());
        for (long number = 0; number < LOAD.ids(); number++) {
            LoadEvent drawn = LoadEvent.numbered(number, LOAD);

            byte[] record = bytes.of(drawn);

            Optional<UsageEvent> read = reader.event(stored(record, LOAD.firstAppendMillis(number)));
            assertThat(record).as("event %d, seed %d", number, SEED).hasSize(EventBytes.LENGTH);
            assertThat(read).as(new String(record, UTF_8)).hasValueSatisfying(event -> {
                assertThat(event.customerId()).isEqualTo(drawn.customerId());
                assertThat(event.timeMillis()).isEqualTo(drawn.timeMillis());
                assertThat(event.measurements())
                        .singleElement()
                        .satisfies(one ->
                                assertThat(one.quantity()).isEqualByComparingTo(Integer.toString(drawn.tokens())));
            });
        }
    }

    @Test
    void numbersHaveDifferentIds() {
        Set<String> ids = new HashSet<>();
        LongStream.range(0, LOAD.ids())
                .mapToObj(number -> LoadEvent.numbered(number, LOAD))
                .forEach(event -> ids.add(event.idHigh() + "/" + event.idLow()));

        assertThat(ids).as("seed %d", SEED).hasSize((int) LOAD.ids());
    }

    @Test
    void everyShareIsMet() {
        long hot = LongStream.range(0, LOAD.ids())
                .filter(number -> LoadEvent.numbered(number, LOAD).customer() == 0)
                .count();
        long late = LongStream.range(0, LOAD.ids())
                .filter(number -> delayMillis(number) > Duration.ofSeconds(10).toMillis())
                .count();
        long repeats = LongStream.range(0, RECORDS).filter(LOAD::isRepeat).count();

        assertThat(hot / (double) LOAD.ids()).as("seed %d", SEED).isBetween(0.45, 0.6);
        assertThat(late / (double) LOAD.ids()).as("seed %d", SEED).isBetween(0.15, 0.25);
        assertThat(repeats).isEqualTo(RECORDS * 3 / 10);
        assertThat(LOAD.ids()).isEqualTo(RECORDS - repeats);
    }

    @Test
    void aWorkloadThatOutlivesItsIdsIsRefused() {
        assertThatThrownBy(() -> workload(Duration.ofDays(7), Duration.ofHours(1)))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("ids would be forgotten");
    }

    private static long delayMillis(long number) {
        return LOAD.firstAppendMillis(number) - LoadEvent.numbered(number, LOAD).timeMillis();
    }

    private static Workload workload(Duration span, Duration lateness) {
        return new Workload(
                RECORDS,
                3_000,
                20,
                5_000,
                2_000,
                lateness,
                span,
                Duration.ofDays(7),
                Workload.Key.CUSTOMER,
                4,
                SEED,
                START.toEpochMilli());
    }

    static RunPlan plan() {
        return new RunPlan(
                Contender.TALLYMARK,
                "127.0.0.1:9092",
                "usage-events",
                "jdbc:postgresql://127.0.0.1/tallymark",
                "tallymark",
                Path.of("unused"),
                Duration.ofDays(7),
                Duration.ofHours(1),
                RECORDS,
                1,
                1,
                1,
                1,
                new RunSize(768, 128, Duration.ofSeconds(10), Duration.ofSeconds(60)));
    }

    private static ConsumerRecord<byte[], byte[]> stored(byte[] value, long appendMillis) {
        return new ConsumerRecord<>(
                "usage-events",
                0,
                0,
                appendMillis,
                TimestampType.CREATE_TIME,
                0,
                value.length,
                null,
                value,
                new RecordHeaders(),
                Optional.empty());
    }
}
