package io.tallymark.aggregate;

import io.tallymark.usage.Contribution;
import io.tallymark.usage.Fingerprint;
import io.tallymark.usage.Measurement;
import io.tallymark.usage.UsageEvent;
import io.tallymark.usage.UsageKey;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.util.Collector;

/** One contribution for each meter that an event feeds. */
public final class SplitByMeter implements FlatMapFunction<UsageEvent, Contribution> {
    private static final long serialVersionUID = 1L;

    @Override
    public void flatMap(UsageEvent event, Collector<Contribution> out) {
        Fingerprint fingerprint = event.fingerprint();
        for (Measurement measurement : event.measurements()) {
            out.collect(new Contribution(
                    new UsageKey(measurement.metric(), event.customerId(), measurement.dimensions()),
                    event.timeMillis(),
                    measurement.quantity(),
                    fingerprint.high(),
                    fingerprint.low(),
                    event.isVoid()));
        }
    }
}
