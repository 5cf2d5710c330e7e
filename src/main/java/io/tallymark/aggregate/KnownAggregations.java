package io.tallymark.aggregate;

import io.tallymark.usage.Aggregation;
import io.tallymark.usage.UsageKey;
import io.tallymark.usage.UserError;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.execution.SuppressRestartsException;

/**
 * How each metric's quantities become a total. Totals of a meter that was taken out of the configuration stay in state until they are
 * forgotten, and are decided by the rule that they were added up by; so every rule is in state, too.
 */
final class KnownAggregations {
    private final Map<String, Aggregation> byMetric;

    private KnownAggregations(Map<String, Aggregation> byMetric) {
        this.byMetric = byMetric;
    }

    /**
     * Joins the configuration's rules to those of the state.
     *
     * @throws SuppressRestartsException when a metric has another rule now: its totals in state would be neither the one nor the other
     */
    static KnownAggregations of(OperatorStateStore store, Map<String, Aggregation> configured) throws Exception {
        BroadcastState<String, Aggregation> kept = store.getBroadcastState(
                new MapStateDescriptor<>("aggregations", Types.STRING, TypeInformation.of(Aggregation.class)));
        Map<String, Aggregation> all = new HashMap<>();
        for (Map.Entry<String, Aggregation> known : kept.immutableEntries()) {
            Aggregation now = configured.getOrDefault(known.getKey(), known.getValue());
            if (now != known.getValue()) {
                throw changed(known.getKey(), known.getValue(), now);
            }
            all.put(known.getKey(), known.getValue());
        }
        all.putAll(configured);
        kept.putAll(configured);
        return new KnownAggregations(all);
    }

    Aggregation of(UsageKey key) {
        Aggregation aggregation = byMetric.get(key.metric());
        if (aggregation == null) {
            throw new IllegalStateException("no meter is named " + key.metric() + ", yet an event was measured for it");
        }
        return aggregation;
    }

    private static SuppressRestartsException changed(String metric, Aggregation before, Aggregation now) {
        String remedy = "give the changed meter another metric name; or set its aggregation to " + text(before)
                + " again; or start the job without state (no -s, no checkpoint)";
        return new SuppressRestartsException(new UserError(
                "the meter " + metric + " has aggregation " + text(now) + ", but the job's state has totals of it by "
                        + text(before) + "\nTo mend it: " + remedy,
                remedy));
    }

    private static String text(Aggregation aggregation) {
        return aggregation.name().toLowerCase(Locale.ROOT);
    }
}
