package io.tallymark.billing;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.stripe.StripeBilling.Boundary;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class FirstBoundaryTest {
    private static final Instant START = Instant.parse("2026-11-22T10:00:00Z");

    @Test
    void monthsBeginOnADayAndHour() {
        assertThat(FirstBoundary.of("month", 31, 6, START)).isEqualTo(Boundary.monthly(31, 6));
    }

    @Test
    void yearsBeginWithTheNextSuchDay() {
        assertThat(FirstBoundary.of("year", 23, 0, START)).isEqualTo(Boundary.yearly(11, 23, 0));
        assertThat(FirstBoundary.of("year", 1, 0, START)).isEqualTo(Boundary.yearly(12, 1, 0));
        assertThat(FirstBoundary.of("year", 22, 10, START)).isEqualTo(Boundary.yearly(12, 22, 10));
        assertThat(FirstBoundary.of("year", 1, 0, Instant.parse("2026-12-02T10:00:00Z")))
                .isEqualTo(Boundary.yearly(1, 1, 0));
    }

    @Test
    void daysAndWeeksBeginWithTheNextSuchHour() {
        assertThat(FirstBoundary.of("day", 1, 11, START)).isEqualTo(Boundary.at(Instant.parse("2026-11-22T11:00:00Z")));
        assertThat(FirstBoundary.of("week", 1, 10, START))
                .isEqualTo(Boundary.at(Instant.parse("2026-11-23T10:00:00Z")));
    }
}
