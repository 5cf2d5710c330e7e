package io.tallymark.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.ingest.BoundedUsageEvents.Span;
import io.tallymark.topology.ReplayScope;
import io.tallymark.usage.BillingHour;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReplaySpansTest {
    private static final Instant NOON = Instant.parse("2026-03-08T12:00:00Z");

    @Test
    void readsFromMaxLatenessAndTwoLeadsBeforeTheFirstHour() {
        long hour = BillingHour.containing(NOON).epochHour();

        assertThat(ReplaySpans.readFrom(new ReplayScope(hour, hour + 1, null, null), Duration.ofDays(7)))
                .isEqualTo("2026-03-01T11:50:00Z");
    }

    @Test
    void readsFromTheTimeToTheEndInEachPartition() {
        assertThat(ReplaySpans.of(Map.of(0, 0L, 1, 50L), Map.of(0, 10L, 1, 20L), Map.of(0, 100L, 1, 100L)))
                .containsExactly(Map.entry(0, new Span(10, 100)), Map.entry(1, new Span(50, 100)));
    }

    @Test
    void leavesPartitionsOutThatHaveNothingToRead() {
        Map<Integer, Long> noRecordThatLate = Map.of(1, 7L);

        assertThat(ReplaySpans.of(Map.of(0, 0L, 1, 0L), noRecordThatLate, Map.of(0, 9L, 1, 7L)))
                .isEmpty();
    }

    @Test
    void isReachedWhenEveryPartitionIsReadToItsEnd() {
        Map<Integer, Long> begins = Map.of(0, 0L, 1, 0L, 2, 4L);
        Map<Integer, Long> ends = Map.of(0, 10L, 1, 10L, 2, 4L);

        assertThat(ReplaySpans.reached(begins, Map.of(0, 10L, 1, 11L), ends)).isTrue();
        assertThat(ReplaySpans.reached(begins, Map.of(0, 10L, 1, 9L), ends)).isFalse();
        assertThat(ReplaySpans.reached(begins, Map.of(0, 10L), ends)).isFalse();
    }

    @Test
    void topicBeginsWhereItsShortestPartitionDoes() {
        Map<Integer, Long> first = Map.of(0, 900L, 1, 500L, 2, 700L);

        assertThat(ReplaySpans.beginMillis(Set.of(1, 2), first, 1_000)).hasValue(700);
    }

    @Test
    void topicThatLostNothingHasNoBegin() {
        assertThat(ReplaySpans.beginMillis(Set.of(), Map.of(0, 900L), 1_000)).isEqualTo(OptionalLong.empty());
    }

    @Test
    void partitionThatLostEverythingBeginsNow() {
        assertThat(ReplaySpans.beginMillis(Set.of(0), Map.of(), 1_000)).hasValue(1_000);
    }
}
