package io.tallymark.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

class TrendTest {
    @Test
    void aLineHasItsSlopeByTheHour() {
        Trend trend = Trend.of(readings(minute -> 100 + 0.5 * minute));

        assertThat(trend.perHour()).isCloseTo(30, within(1e-9));
        assertThat(trend.hours()).isCloseTo(0.5, within(1e-9));
        assertThat(trend.rise()).isCloseTo(15, within(1e-9));
        assertThat(trend.level()).isCloseTo(107.5, within(1e-9));
        assertThat(trend.percentPerHour()).isCloseTo(30 / 107.5 * 100, within(1e-9));
    }

    @Test
    void aFewWildReadingsMoveNeitherSlopeNorLevel() {
        List<Point> points = new ArrayList<>(readings(minute -> 200));
        for (int wild = 0; wild < 20; wild++) {
            points.set(
                    points.size() - 1 - wild,
                    new Point(points.get(points.size() - 1 - wild).minute(), 5_000));
        }

        assertThat(Trend.of(points).perHour()).isZero();
        assertThat(Trend.of(points).level()).isEqualTo(200);
    }

    @Test
    void noiseHidesNoSlope() {
        Random random = new Random(7);

        assertThat(Trend.of(readings(minute -> 100 + minute / 3 + random.nextGaussian() * 5))
                        .perHour())
                .as("seed 7")
                .isCloseTo(20, within(6.0));
    }

    @Test
    void oneReadingHasNoSlope() {
        assertThat(Trend.of(List.of(new Point(1, 5))).perHour()).isZero();
        assertThat(Trend.of(List.of()).percentPerHour()).isZero();
    }

    /** Four a minute, for half an hour. */
    static List<Point> readings(DoubleUnaryOperator value) {
        List<Point> points = new ArrayList<>();
        for (int number = 0; number <= 120; number++) {
            points.add(new Point(number / 4.0, value.applyAsDouble(number / 4.0)));
        }
        return points;
    }
}
