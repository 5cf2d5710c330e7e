package io.tallymark.topology.wire;

import io.tallymark.aggregate.Subtotal;
import io.tallymark.usage.UsageKey;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;

/** Subtotals on their way from dedup to the totals. */
public final class SubtotalSerializer extends WireSerializer<Subtotal> {
    private static final long serialVersionUID = 1L;
    private static final int VERSION = 1;

    public SubtotalSerializer() {
        super(Subtotal.class, VERSION);
    }

    @Override
    void write(Subtotal subtotal, WireOutput to) {
        to.sharedText(subtotal.key().metric());
        to.sharedText(subtotal.key().customerId());
        to.sharedText(subtotal.key().dimensions());
        to.number(subtotal.timeMillis());
        to.decimal(subtotal.quantity());
        to.number(subtotal.counted());
        to.number(subtotal.withdrawn());
        to.fixed(subtotal.digestHigh());
        to.fixed(subtotal.digestLow());
    }

    @Override
    Subtotal read(WireInput from) {
        UsageKey key = new UsageKey(from.sharedText(), from.sharedText(), from.sharedText());
        return new Subtotal(
                key, from.number(), from.decimal(), from.number(), from.number(), from.fixed(), from.fixed());
    }

    @Override
    public Subtotal createInstance() {
        throw new UnsupportedOperationException("a subtotal is not made without its fields");
    }

    @Override
    public TypeSerializer<Subtotal> duplicate() {
        return new SubtotalSerializer();
    }

    @Override
    public TypeSerializerSnapshot<Subtotal> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Names the serializer in a job's metadata. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<Subtotal> {
        public Snapshot() {
            super(SubtotalSerializer::new);
        }
    }
}
