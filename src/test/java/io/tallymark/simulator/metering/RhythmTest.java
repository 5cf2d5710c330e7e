package io.tallymark.simulator.metering;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RhythmTest {
    @Test
    void aShortMonthIsCutAndTheNextIsBackOnTheAnchorsDay() {
        Rhythm rhythm = Rhythm.of(Instant.parse("2026-01-31T06:30:00Z"), "month", 1);

        assertThat(boundaries(rhythm, 4))
                .containsExactly(
                        "2026-01-31T06:30:00Z", "2026-02-28T06:30:00Z", "2026-03-31T06:30:00Z", "2026-04-30T06:30:00Z");
    }

    @Test
    void anAnchorInAShortMonthCanAimAtALaterDay() {
        Rhythm rhythm = new Rhythm(Instant.parse("2026-02-28T00:00:00Z"), 31, "month", 1);

        assertThat(boundaries(rhythm, 3))
                .containsExactly("2026-02-28T00:00:00Z", "2026-03-31T00:00:00Z", "2026-04-30T00:00:00Z");
    }

    @Test
    void aLeapDayIsTheLastOfFebruaryInOtherYears() {
        Rhythm rhythm = Rhythm.of(Instant.parse("2028-02-29T00:00:00Z"), "year", 1);

        assertThat(boundaries(rhythm, 5))
                .containsExactly(
                        "2028-02-29T00:00:00Z",
                        "2029-02-28T00:00:00Z",
                        "2030-02-28T00:00:00Z",
                        "2031-02-28T00:00:00Z",
                        "2032-02-29T00:00:00Z");
    }

    @ParameterizedTest
    @CsvSource({
        "day,   1, 2026-11-10T00:00:00Z, 2026-11-12T10:00:00Z, 2026-11-12T00:00:00Z, 2026-11-13T00:00:00Z",
        "week,  2, 2026-11-01T00:00:00Z, 2026-11-14T23:59:59Z, 2026-11-01T00:00:00Z, 2026-11-15T00:00:00Z",
        "month, 3, 2026-11-30T00:00:00Z, 2027-02-28T00:00:00Z, 2027-02-28T00:00:00Z, 2027-05-30T00:00:00Z",
        "month, 1, 2026-11-01T00:00:00Z, 2016-03-01T00:00:00Z, 2016-03-01T00:00:00Z, 2016-04-01T00:00:00Z",
        "year,  1, 2026-11-01T00:00:00Z, 2026-10-31T00:00:00Z, 2025-11-01T00:00:00Z, 2026-11-01T00:00:00Z"
    })
    void anInstantIsInThePeriodThatBeganLast(
            String interval, long count, Instant anchor, Instant instant, Instant start, Instant end) {
        Rhythm rhythm = Rhythm.of(anchor, interval, count);

        assertThat(rhythm.startAt(instant)).isEqualTo(start);
        assertThat(rhythm.endAfter(instant)).isEqualTo(end);
        assertThat(rhythm.countedFrom(instant).boundary(0)).isEqualTo(start);
    }

    private static List<String> boundaries(Rhythm rhythm, int count) {
        return LongStream.range(0, count)
                .mapToObj(number -> rhythm.boundary(number).toString())
                .toList();
    }
}
