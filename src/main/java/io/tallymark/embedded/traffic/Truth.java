package io.tallymark.embedded.traffic;

import java.util.List;

/**
 * What an exact system must have counted from some traffic.
 *
 * @param rows in order of metric, customer, dimensions and hour
 */
public record Truth(OutcomeCounts counts, List<TruthRow> rows) {
    public Truth {
        rows = List.copyOf(rows);
    }
}
