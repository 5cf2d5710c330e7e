package io.tallymark.embedded.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tallymark.usage.RejectReason;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class TrafficTest {
    private static final int MANY = 100_000;
    private static final Percentage ROUGHLY = Percentage.withPercentage(15);
    private static final long MIDNIGHT =
            SampleTraffic.DAY.atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();

    @Test
    void isTheSameToTheByteForTheSameSeed() {
        assertThat(fingerprints(SampleTraffic.standard(1, 5_000)))
                .isEqualTo(fingerprints(SampleTraffic.standard(1, 5_000)))
                .isNotEqualTo(fingerprints(SampleTraffic.standard(2, 5_000)));
        assertThat(SampleTraffic.truth(SampleTraffic.standard(1, 5_000)))
                .isEqualTo(SampleTraffic.truth(SampleTraffic.standard(1, 5_000)));
    }

    @Test
    void mixesTheUnusualIntoThePlainInTheirShares() {
        TruthCounts counts =
                SampleTraffic.truth(SampleTraffic.standard(3, MANY)).counts();

        assertThat(counts.read()).isEqualTo(MANY + SampleTraffic.PARTITIONS);
        assertThat(counts.counted() + counts.duplicates() + counts.deadLetters() + counts.ignored())
                .isEqualTo(counts.read());
        assertThat(counts.duplicates()).isCloseTo(3 * MANY / 100L, within(MANY / 200L));
        assertThat(counts.deadLettered().get(RejectReason.TOO_LATE)).isCloseTo(3 * MANY / 1000L, ROUGHLY);
        assertThat(counts.deadLettered()).containsOnlyKeys(RejectReason.values());
    }

    @Test
    void makesOneCustomerHot() {
        Map<String, Long> events = new HashMap<>();
        SampleTraffic.truth(SampleTraffic.standard(4, MANY))
                .rows()
                .forEach(row -> events.merge(row.customerId(), row.eventCount(), Long::sum));
        long all = events.values().stream().mapToLong(Long::longValue).sum();

        assertThat(events).containsOnlyKeys(Customers.ids(200));
        assertThat(events.get("customer-000")).isCloseTo(all * 4 / 10, ROUGHLY);
    }

    @Test
    void runsThroughTheDayWithoutGoingBackAndThenClosesEveryPartition() {
        Map<Integer, Long> newest = new HashMap<>();
        SampleTraffic.standard(5, 10_000).forEachRemaining(record -> {
            long append = record.message().timestamp();
            assertThat(append)
                    .isGreaterThanOrEqualTo(newest.getOrDefault(record.message().partition(), MIDNIGHT));
            newest.put(record.message().partition(), append);
        });

        long closing = MIDNIGHT + Duration.ofHours(25).plusMinutes(30).toMillis();
        assertThat(newest).isEqualTo(Map.of(0, closing, 1, closing, 2, closing));
    }

    @Test
    void repeatsSomeEventsAtOnceAndSomeHoursLaterNotAlwaysInTheSamePartition() {
        Map<Expectation, ProducerRecord<byte[], byte[]>> first = new HashMap<>();
        List<Long> distances = new ArrayList<>();
        Set<Boolean> samePartition = new HashSet<>();
        SampleTraffic.standard(6, 20_000).forEachRemaining(record -> {
            ProducerRecord<byte[], byte[]> message = record.message();
            ProducerRecord<byte[], byte[]> earlier = first.putIfAbsent(record.expectation(), message);
            if (earlier != null && record.expectation() instanceof Expectation.Usage) {
                assertThat(message.value()).isEqualTo(earlier.value());
                assertThat(message.headers()).isEqualTo(earlier.headers());
                distances.add(message.timestamp() - earlier.timestamp());
                samePartition.add(message.partition().equals(earlier.partition()));
            }
        });

        assertThat(distances).anyMatch(millis -> millis < 60_000).anyMatch(millis -> millis > 3 * 3_600_000);
        assertThat(samePartition).containsExactlyInAnyOrder(true, false);
    }

    @Test
    void saysInItsBytesWhatTheTruthCounts() {
        Map<List<String>, Long> fromBytes = new HashMap<>();
        SampleTraffic.plain(7, 3_000)
                .forEachRemaining(record -> WrittenEvent.read(record.message())
                        .bytes()
                        .ifPresent(bytes -> fromBytes.merge(bytes.customerAndHour(), bytes.value(), Long::sum)));

        Map<List<String>, Long> fromTruth = new HashMap<>();
        SampleTraffic.truth(SampleTraffic.plain(7, 3_000)).rows().stream()
                .filter(row -> row.metric().equals("api_bytes"))
                .forEach(row -> fromTruth.put(
                        List.of(row.customerId(), row.hour().toString()),
                        row.quantity().longValueExact()));

        assertThat(fromBytes).isNotEmpty().isEqualTo(fromTruth);
    }

    @Test
    void drawsEventTimesAroundNowInRealTime() {
        Instant now = Instant.parse("2026-03-01T12:00:00Z");
        TrafficSettings settings = new TrafficSettings(8, "usage-events", 500, 1, 5, TrafficMix.plain());
        Traffic traffic = new Traffic(settings, AppendTime.realTime(Clock.fixed(now, ZoneOffset.UTC)));

        Truth truth = SampleTraffic.truth(traffic);

        assertThat(truth.counts().counted()).isEqualTo(500);
        assertThat(truth.rows()).allMatch(row -> Math.abs(row.hour().startMillis() - now.toEpochMilli()) <= 3_600_000);
    }

    private static List<Integer> fingerprints(Traffic traffic) {
        List<Integer> hashes = new ArrayList<>();
        traffic.forEachRemaining(record -> {
            ProducerRecord<byte[], byte[]> message = record.message();
            hashes.add(Arrays.deepHashCode(new Object[] {
                message.partition(), message.timestamp(), message.key(), message.value(), message.headers()
            }));
        });
        return hashes;
    }
}
