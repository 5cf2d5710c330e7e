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
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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
        OutcomeCounts counts =
                SampleTraffic.truth(SampleTraffic.standard(3, MANY)).counts();

        assertThat(counts.read()).isEqualTo(MANY + SampleTraffic.PARTITIONS);
        assertThat(accounted(counts)).isEqualTo(counts.read());
        assertThat(counts.duplicates()).isCloseTo(3 * MANY / 100L, within(MANY / 200L));
        assertThat(counts.deadLettered().get(RejectReason.TOO_LATE)).isCloseTo(3 * MANY / 1000L, ROUGHLY);
        assertThat(counts.withdrawn()).isCloseTo(2 * MANY / 1000L, within(MANY / 1000L));
        assertThat(counts.conflicts()).isCloseTo(MANY / 1000L, within(MANY / 2000L));
        assertThat(counts.voidWaiting()).isPositive();
        assertThat(counts.deadLettered().keySet())
                .isEqualTo(EnumSet.complementOf(EnumSet.of(RejectReason.UNKNOWN_TYPE)));
    }

    @Test
    void makesOneCustomerHot() {
        Map<String, Long> events = new HashMap<>();
        SampleTraffic.truth(SampleTraffic.standard(4, MANY))
                .rows()
                .forEach(row -> events.merge(row.customerId(), row.eventCount(), Long::sum));
        long all = events.values().stream().mapToLong(Long::longValue).sum();

        assertThat(events).containsOnlyKeys(Customers.ids("", 200));
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
    void sendsConflictingRepeatsAfterTheirEventInItsPartition() {
        Map<String, ProducerRecord<byte[], byte[]>> first = new HashMap<>();
        List<WrittenEvent> conflicts = new ArrayList<>();
        eventful(9).forEachRemaining(record -> {
            WrittenEvent written = WrittenEvent.read(record.message());
            if (record.expectation() instanceof Expectation.Conflict) {
                conflicts.add(written);
                ProducerRecord<byte[], byte[]> event = first.get(written.identity());
                assertThat(event).isNotNull();
                assertThat(event.partition()).isEqualTo(record.message().partition());
                assertThat(WrittenEvent.read(event).content()).isNotEqualTo(written.content());
            } else {
                first.putIfAbsent(written.identity(), record.message());
            }
        });

        assertThat(conflicts).hasSizeGreaterThan(50);
    }

    @Test
    void sendsVoidsBeforeAndAfterTheirEventWithItsContentOrAnother() {
        Map<String, List<TrafficRecord>> stories = new TreeMap<>();
        eventful(10)
                .forEachRemaining(record -> stories.computeIfAbsent(
                                WrittenEvent.read(record.message()).identity(), id -> new ArrayList<>())
                        .add(record));
        Map<String, Integer> kinds = new TreeMap<>();
        stories.values().forEach(records -> kinds.merge(kind(records), 1, Integer::sum));

        assertThat(kinds)
                .containsOnlyKeys(
                        "no void",
                        "void before its event",
                        "void after its event",
                        "void of something else",
                        "void without its event");
    }

    private static Traffic eventful(long seed) {
        TrafficSettings settings =
                new TrafficSettings(seed, "usage-events", 5_000, 3, 5, TrafficMix.eventful(), "good-");
        return new Traffic(settings, AppendTime.simulatedDay(SampleTraffic.DAY, settings.records()));
    }

    /** Checks that a void says what it is, and names what the records about one event are. */
    private static String kind(List<TrafficRecord> records) {
        List<TrafficRecord> voids = records.stream()
                .filter(record -> record.expectation() instanceof Expectation.Withdrawal)
                .toList();
        records.forEach(record ->
                assertThat(WrittenEvent.read(record.message()).isVoid()).isEqualTo(voids.contains(record)));
        List<TrafficRecord> events = records.stream()
                .filter(record -> record.expectation() instanceof Expectation.Usage)
                .toList();
        if (voids.isEmpty() || events.isEmpty()) {
            return voids.isEmpty() ? "no void" : "void without its event";
        }
        boolean same = content(voids.get(0)).equals(content(events.get(0)));
        assertThat(((Expectation.Withdrawal) voids.get(0).expectation()).matching())
                .isEqualTo(same);
        if (!same) {
            return "void of something else";
        }
        return records.indexOf(voids.get(0)) < records.indexOf(events.get(0))
                ? "void before its event"
                : "void after its event";
    }

    private static String content(TrafficRecord record) {
        return WrittenEvent.read(record.message()).content();
    }

    private static long accounted(OutcomeCounts counts) {
        return counts.counted()
                + counts.withdrawn()
                + counts.duplicates()
                + counts.conflicts()
                + counts.voidWaiting()
                + counts.ignored()
                + counts.deadLetters();
    }

    @Test
    void saysInItsBytesWhatTheOutcomeCounts() {
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
