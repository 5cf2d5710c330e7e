package io.tallymark.dedup;

import io.tallymark.usage.IntakeEntry;
import io.tallymark.usage.Rejection;
import io.tallymark.usage.UsageEvent;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/** The outputs of {@link DropDuplicates}, with the timestamp of the record that is decided on. */
final class Results implements Decided {
    private final Output<StreamRecord<UsageEvent>> output;
    private StreamRecord<?> cause = new StreamRecord<>(this);

    Results(Output<StreamRecord<UsageEvent>> output) {
        this.output = output;
    }

    void become(StreamRecord<UsageEvent> element) {
        cause = element;
    }

    @Override
    public void pass(UsageEvent event) {
        output.collect(stamped(event));
    }

    @Override
    public void settle(IntakeEntry line) {
        output.collect(DropDuplicates.INTAKE, stamped(line));
    }

    @Override
    public void refuse(Rejection refusal) {
        output.collect(DropDuplicates.REFUSED_VOIDS, stamped(refusal));
    }

    private <T> StreamRecord<T> stamped(T value) {
        return cause.hasTimestamp() ? new StreamRecord<>(value, cause.getTimestamp()) : new StreamRecord<>(value);
    }
}
