package io.tallymark.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.usage.Aggregation;
import io.tallymark.usage.Meter;
import io.tallymark.usage.ReportMode;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The reporter dies at every step between reading a due hour and posting its outcome, in every mode, stays dead for no time or for 30
 * hours, while the total stays or changes; then another one takes over. The simulator holds the table every time. Prints the matrix.
 */
class CrashMatrixTest {
    private static final List<Duration> AGES = List.of(Duration.ZERO, Duration.ofHours(30));
    /** The total stays, falls, or rises while the reporter is dead. */
    private static final List<String> FINAL_TOTALS = List.of("5", "3", "8");

    private int turn;

    @Test
    void whereverTheReporterDiesStripeHoldsTheTable() throws SQLException {
        Map<ReportStep, String> matrix = new LinkedHashMap<>();
        List<Meter> meters = Arrays.stream(Way.values()).map(Way::meter).toList();
        boolean allEqual = true;
        try (CrashRig rig = new CrashRig(meters)) {
            for (ReportStep step : ReportStep.values()) {
                StringBuilder row = new StringBuilder();
                for (Meter meter : meters) {
                    for (Duration age : AGES) {
                        CrashRig.Result result = play(rig, meter, step, age);
                        allEqual &= result.equal();
                        row.append(String.format("%7s", result));
                    }
                }
                matrix.put(step, row.toString());
            }
        }
        System.out.println(text(matrix));
        assertThat(allEqual).as(text(matrix)).isTrue();
    }

    /** One final total a cell, in turn, so that each meets every mode and age; all of them with -Dcrash.totals=all. */
    private CrashRig.Result play(CrashRig rig, Meter meter, ReportStep step, Duration age) throws SQLException {
        if (!"all".equals(System.getProperty("crash.totals"))) {
            return rig.play(meter, step, age, FINAL_TOTALS.get(turn++ % FINAL_TOTALS.size()));
        }
        boolean equal = true;
        long calls = 0;
        for (String finalTotal : FINAL_TOTALS) {
            CrashRig.Result result = rig.play(meter, step, age, finalTotal);
            equal &= result.equal();
            calls += result.calls();
        }
        return new CrashRig.Result(equal, calls);
    }

    /** Every mode, and the three kinds of a period's value. */
    private enum Way {
        HOURLY(ReportMode.HOURLY_TOTAL, Aggregation.SUM),
        DELTA(ReportMode.DELTA, Aggregation.SUM),
        PERIOD_SUM(ReportMode.PERIOD_TOTAL, Aggregation.SUM),
        PERIOD_MAX(ReportMode.PERIOD_TOTAL, Aggregation.MAX),
        PERIOD_LAST(ReportMode.PERIOD_TOTAL, Aggregation.LAST),
        RECORD_SET(ReportMode.USAGE_RECORD_SET, Aggregation.SUM),
        RECORD_INCR(ReportMode.USAGE_RECORD_INCREMENT, Aggregation.SUM);

        private final ReportMode mode;
        private final Aggregation aggregation;

        Way(ReportMode mode, Aggregation aggregation) {
            this.mode = mode;
            this.aggregation = aggregation;
        }

        Meter meter() {
            String name = name().toLowerCase(Locale.ROOT);
            return Reporter.meter(name, name, mode, aggregation);
        }
    }

    private static String text(Map<ReportStep, String> matrix) {
        StringBuilder text = new StringBuilder("crash matrix: = equal, ! not; then calls; dead for 0 h and 30 h\n");
        text.append(String.format("%-18s", "died after"));
        Arrays.stream(Way.values()).forEach(way -> text.append(String.format("%14s", way)));
        matrix.forEach((step, row) -> text.append(String.format("%n%-18s%s", step, row)));
        return text.toString();
    }
}
