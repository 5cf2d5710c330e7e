package io.tallymark.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which hours a job without state sees whole. */
class ColdStartTest {
    private static final Instant NOW = Instant.parse("2026-03-01T18:20:00Z");

    private final FakeReadings readings = new FakeReadings();
    private ColdStart.FormerIntake former = (partition, firstAppendMillis, end) -> false;

    @Test
    void topicOfWhichNothingWasDeletedCoversEverything() {
        readings.partition(0, 0, 7).partition(1, 0, 0);

        StartingPoint start = startingPoint();

        assertThat(start.coveredFromMillis()).isEqualTo(StartingPoint.EVERYTHING);
        assertThat(start.topicId()).isEqualTo(FakeReadings.TOPIC_ID);
    }

    @Test
    void beginsAtTheFirstRecordThatIsStillThere() {
        readings.partition(0, 4, 7).partition(1, 0, 0);
        firstAppend(0, "2026-03-01T12:20:00Z");

        assertThat(startingPoint().beginOffsets()).containsEntry(0, 4L).containsEntry(1, 0L);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-03-01T12:00:00Z, 2026-03-01T13:00:00Z",
        "2026-03-01T12:54:59.999Z, 2026-03-01T13:00:00Z",
        "2026-03-01T12:55:00Z, 2026-03-01T14:00:00Z",
        "2026-03-01T12:59:59.999Z, 2026-03-01T14:00:00Z"
    })
    void hourIsCoveredWhenNoEventOfItCanBeOlderThanTheFirstRecord(Instant first, Instant coveredFrom) {
        readings.partition(0, 4, 7);
        firstAppend(0, first.toString());

        assertThat(coveredFrom()).isEqualTo(coveredFrom);
    }

    @Test
    void partitionWithTheLargestGapDecides() {
        readings.partition(0, 4, 7).partition(1, 5, 9).partition(2, 0, 9);
        firstAppend(0, "2026-03-01T12:20:00Z");
        firstAppend(1, "2026-03-01T15:20:00Z");
        firstAppend(2, "2026-03-01T17:20:00Z");

        assertThat(coveredFrom()).isEqualTo(Instant.parse("2026-03-01T16:00:00Z"));
    }

    @Test
    void emptyPartitionThatOnceHeldRecordsCoversNothingUntilNow() {
        readings.partition(0, 0, 7).partition(1, 5, 5);
        firstAppend(0, "2026-03-01T12:20:00Z");

        assertThat(coveredFrom()).isEqualTo(Instant.parse("2026-03-01T19:00:00Z"));
    }

    @Test
    void newTopicOverATableThatAnotherTopicFilledIsNoWholeOne() {
        readings.partition(0, 0, 7);
        firstAppend(0, "2026-03-01T12:20:00Z");
        former = (partition, firstAppendMillis, end) -> true;

        assertThat(coveredFrom()).isEqualTo(Instant.parse("2026-03-01T13:00:00Z"));
    }

    private void firstAppend(int partition, String time) {
        readings.firstAppends.put(partition, Instant.parse(time).toEpochMilli());
    }

    private Instant coveredFrom() {
        return Instant.ofEpochMilli(startingPoint().coveredFromMillis());
    }

    private StartingPoint startingPoint() {
        return new ColdStart(readings, former, () -> NOW).startingPoint("usage-events");
    }
}
