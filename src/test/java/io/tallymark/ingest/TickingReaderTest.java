package io.tallymark.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.InputStatus;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When the time of a partition goes on without a record. */
class TickingReaderTest {
    private static final Duration QUIET = Duration.ofSeconds(3);
    private static final long NOON = Instant.parse("2026-03-01T12:00:00Z").toEpochMilli();

    private final FakeReadings readings = new FakeReadings();
    private final HandMadeReader kafka = new HandMadeReader();
    private final RecordedOutput output = new RecordedOutput();
    private long wallMillis = NOON;
    private long nanos;
    private final EndProbe probe = new EndProbe(readings, () -> Instant.ofEpochMilli(wallMillis), () -> nanos);
    private final TickingReader reader = new TickingReader(
            kafka, new OffsetCheck(StartingPoint.ofWholeTopic("events"), readings), probe, QUIET, () -> nanos);

    @AfterEach
    void closesWhatItWasGiven() throws Exception {
        reader.close();

        assertThat(kafka.closed).isTrue();
        assertThat(readings.closed).isTrue();
    }

    @Test
    void partitionThatIsReadToItsEndTicks() throws Exception {
        assign(0, 5, 7);
        kafka.records(0, 5, 6);
        pollAll();
        second();

        assertThat(output.ticks).containsExactly("events-0 " + wallMillis);
    }

    @Test
    void tickCarriesTheTimeBeforeTheQuestion() throws Exception {
        assign(0, 7, 7);
        pass(Duration.ofSeconds(1));
        long asked = wallMillis;
        probe.round();
        pass(Duration.ofMinutes(10));
        pollAll();

        assertThat(output.ticks).containsExactly("events-0 " + asked);
    }

    @Test
    void emptyPartitionAndOneRestoredAtItsEndTickWithoutAnyTraffic() throws Exception {
        assign(0, 0, 0);
        assign(1, 7, 7);
        second();

        assertThat(output.ticks).containsExactlyInAnyOrder("events-0 " + wallMillis, "events-1 " + wallMillis);
    }

    @Test
    void backlogHoldsTheTime() throws Exception {
        assign(0, 0, 100);
        kafka.status = InputStatus.MORE_AVAILABLE;
        seconds(60);

        assertThat(output.ticks).isEmpty();
    }

    @Test
    void recordsThatWereFetchedButNotHandedOnHoldTheTime() throws Exception {
        assign(0, 0, 2);
        kafka.records(0, 0, 1);
        round();
        reader.pollNext(output);
        assertThat(output.ticks).isEmpty();

        reader.pollNext(output);
        seconds(2);
        assertThat(output.ticks).hasSize(1);
    }

    @Test
    void endBehindTheLastRecordCountsAsReachedWhenItStandsStill() throws Exception {
        assign(0, 6, 7);
        seconds(3);
        assertThat(output.ticks).isEmpty();

        second();
        assertThat(output.ticks).hasSize(1);
    }

    @Test
    void endThatMovesIsNotReached() throws Exception {
        assign(0, 6, 7);
        for (int end = 8; end < 60; end++) {
            readings.partition(0, 0, end);
            second();
        }

        assertThat(output.ticks).isEmpty();
    }

    @Test
    void outageOfTheBrokerGivesNoTick() throws Exception {
        assign(0, 7, 7);
        readings.outage = () -> new TimeoutException("no answer");
        seconds(3_600);

        assertThat(output.ticks).isEmpty();
    }

    @Test
    void timeOfAnOutageIsNotTakenForStandingStill() throws Exception {
        assign(0, 6, 7);
        seconds(2);
        readings.outage = () -> new TimeoutException("no answer");
        seconds(60);
        readings.outage = null;
        seconds(3);
        assertThat(output.ticks).isEmpty();

        second();
        assertThat(output.ticks).hasSize(1);
    }

    @Test
    void readerThatIsHeldBackGivesNoTick() throws Exception {
        assign(0, 7, 7);
        for (int i = 0; i < 60; i++) {
            round();
        }
        assertThat(output.ticks).isEmpty();

        pollAll();
        assertThat(output.ticks).containsExactly("events-0 " + wallMillis);
    }

    @Test
    void wakesUpForATickAlthoughNoRecordComes() throws Exception {
        assign(0, 7, 7);
        CompletableFuture<Void> available = reader.isAvailable();
        assertThat(available).isNotDone();

        probe.round();
        assertThat(available).isDone();
        assertThat(reader.isAvailable()).isDone();

        reader.pollNext(output);
        assertThat(reader.isAvailable()).isNotDone();
    }

    @Test
    void readerWithoutPartitionsGoesIdleAndWakesWithItsFirst() throws Exception {
        seconds(2);
        assertThat(output.idle).isFalse();
        second();
        assertThat(output.idle).isTrue();

        assign(0, 0, 5);
        second();
        assertThat(output.idle).isFalse();
    }

    private void assign(int partition, long position, long end) {
        readings.partition(partition, 0, end);
        reader.addSplits(List.of(new KafkaPartitionSplit(new TopicPartition("events", partition), position)));
    }

    private void seconds(int count) throws Exception {
        for (int i = 0; i < count; i++) {
            second();
        }
    }

    private void second() throws Exception {
        round();
        pollAll();
    }

    private void round() {
        pass(Duration.ofSeconds(1));
        probe.round();
    }

    private void pollAll() throws Exception {
        do {
            reader.pollNext(output);
        } while (kafka.pending() > 0);
    }

    private void pass(Duration duration) {
        wallMillis += duration.toMillis();
        nanos += duration.toNanos();
    }
}
