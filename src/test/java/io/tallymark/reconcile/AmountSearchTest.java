package io.tallymark.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.usage.ReportMode;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class AmountSearchTest {
    @Test
    void oneReportIsPreferredToMore() {
        assertThat(found(8, 5, 3, 8)).containsExactly(8L);
    }

    @Test
    void unbrokenRunIsFound() {
        assertThat(found(60, 1, 10, 20, 30, 100)).containsExactly(10L, 20L, 30L);
    }

    @Test
    void pairAndSelectionOfAFewAreFound() {
        assertThat(found(101, 1, 10, 100)).containsExactly(1L, 100L);
        assertThat(found(1_101, 1, 10, 100, 20, 1_000)).containsExactly(1L, 100L, 1_000L);
    }

    @Test
    void whatAddsUpToNothingIsNotFound() {
        assertThat(found(7, 1, 10, 100)).isEmpty();
        assertThat(found(7)).isEmpty();
    }

    @Test
    @Timeout(10)
    void thousandsOfReportsAreSearchedWithinBounds() {
        long[] amounts = LongStream.range(0, 2_000).map(i -> 2 * i + 1_000_000).toArray();

        assertThat(found(3, amounts)).isEmpty();
    }

    private static List<Long> found(long difference, long... amounts) {
        List<ReportLine> reports = LongStream.of(amounts)
                .mapToObj(amount -> new TestWindow.Report(amount, ReportState.ACCEPTED)
                        .line(ReportMode.DELTA, TestWindow.HOUR.plus(Duration.ofHours(amount % 100)), 1))
                .toList();
        Optional<List<ReportLine>> found = AmountSearch.find(reports, BigDecimal.valueOf(difference));
        return found.orElse(List.of()).stream()
                .map(report -> report.amount().longValueExact())
                .toList();
    }
}
