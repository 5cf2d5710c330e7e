package io.tallymark.reconcile;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds reports whose amounts add up to a difference: single ones, pairs, unbroken runs as an outage loses them, and of a few reports any
 * selection. Bounded on purpose: with enough amounts some selection adds up to anything and would explain nothing.
 */
final class AmountSearch {
    private static final int MOST_REPORTS = 2_000;
    private static final int MOST_FOR_ANY_SELECTION = 12;

    private AmountSearch() {}

    /**
     * Searches.
     *
     * @param reports in the order in which they were told
     * @param difference not 0
     * @return at least one report, or nothing
     */
    static Optional<List<ReportLine>> find(List<ReportLine> reports, BigDecimal difference) {
        if (reports.size() > MOST_REPORTS) {
            return Optional.empty();
        }
        return run(reports, difference)
                .or(() -> pair(reports, difference))
                .or(() -> reports.size() > MOST_FOR_ANY_SELECTION ? Optional.empty() : selection(reports, difference));
    }

    /** The shortest unbroken run; a single report is one of length 1. */
    private static Optional<List<ReportLine>> run(List<ReportLine> reports, BigDecimal difference) {
        List<ReportLine> shortest = List.of();
        for (int first = 0; first < reports.size(); first++) {
            BigDecimal sum = BigDecimal.ZERO;
            int longest = shortest.isEmpty() ? reports.size() : Math.min(reports.size(), first + shortest.size() - 1);
            for (int last = first; last < longest; last++) {
                sum = sum.add(reports.get(last).amount());
                if (sum.compareTo(difference) == 0) {
                    shortest = reports.subList(first, last + 1);
                    break;
                }
            }
        }
        return shortest.isEmpty() ? Optional.empty() : Optional.of(List.copyOf(shortest));
    }

    private static Optional<List<ReportLine>> pair(List<ReportLine> reports, BigDecimal difference) {
        Map<BigDecimal, ReportLine> seen = new HashMap<>();
        for (ReportLine report : reports) {
            ReportLine partner = seen.get(difference.subtract(report.amount()).stripTrailingZeros());
            if (partner != null) {
                return Optional.of(List.of(partner, report));
            }
            seen.put(report.amount().stripTrailingZeros(), report);
        }
        return Optional.empty();
    }

    private static Optional<List<ReportLine>> selection(List<ReportLine> reports, BigDecimal difference) {
        for (int mask = 1; mask < 1 << reports.size(); mask++) {
            List<ReportLine> chosen = new ArrayList<>();
            BigDecimal sum = BigDecimal.ZERO;
            for (int i = 0; i < reports.size(); i++) {
                if ((mask >> i & 1) == 1) {
                    chosen.add(reports.get(i));
                    sum = sum.add(reports.get(i).amount());
                }
            }
            if (sum.compareTo(difference) == 0) {
                return Optional.of(chosen);
            }
        }
        return Optional.empty();
    }
}
