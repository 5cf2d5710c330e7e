package io.tallymark.audit;

import com.fasterxml.jackson.databind.JsonNode;
import io.tallymark.dedup.IdLedger;
import io.tallymark.usage.Measurement;
import io.tallymark.usage.UsageEvent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The records behind an hour.
 *
 * @param lines in record order
 * @param missing why the list may not be complete; empty when it is
 */
record EventsFound(ExplainQuestion question, List<IdLedger.Line> lines, Optional<String> missing) {
    /** The totals that these events make, by dimensions. */
    Map<JsonNode, EventsTotal> totals() {
        Map<JsonNode, EventsTotal> totals = new LinkedHashMap<>();
        for (IdLedger.Line line : lines) {
            UsageEvent event = line.record();
            if (line.stands() && question.concerns(event)) {
                Measurement measurement = question.measurement(event).orElseThrow();
                totals.merge(
                        ExplainJson.tree(measurement.dimensions()),
                        EventsTotal.of(event, measurement),
                        (total, one) -> total.plus(one, question.meter().aggregation()));
            }
        }
        return totals;
    }
}
