package io.tallymark.topology.wire;

import java.io.IOException;
import java.io.ObjectInputStream;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Serializer of an immutable element: its size, the version of its format, its fields. Nothing of it lies in state: a savepoint holds no
 * element that is under way, so a format may change with any release, and a version that does not fit is a mix of two releases.
 *
 * <p>Buffers and the texts it has seen make it a thing of one thread; Flink duplicates it for others.
 */
abstract class WireSerializer<T> extends TypeSerializer<T> {
    private static final long serialVersionUID = 1L;

    private final Class<T> type;
    private final int version;
    private transient WireOutput out = new WireOutput();
    private transient WireInput in = new WireInput();

    WireSerializer(Class<T> type, int version) {
        this.type = type;
        this.version = version;
    }

    abstract void write(T element, WireOutput to);

    abstract T read(WireInput from);

    /** What both buffers take until the next element. */
    final int keptBytes() {
        return out.keptBytes() + in.keptBytes();
    }

    @Override
    public final void serialize(T element, DataOutputView target) throws IOException {
        out.clear();
        out.octet(version);
        write(element, out);
        out.handTo(target);
    }

    @Override
    public final T deserialize(DataInputView source) throws IOException {
        in.takeFrom(source);
        int written = in.octet();
        if (written != version) {
            throw new IOException("an element came in version " + written + " of its format, but this is version "
                    + version + ": do all TaskManagers run the same release?");
        }
        return read(in);
    }

    @Override
    public final T deserialize(T reuse, DataInputView source) throws IOException {
        return deserialize(source);
    }

    @Override
    public final boolean isImmutableType() {
        return true;
    }

    @Override
    public final T copy(T from) {
        return from;
    }

    @Override
    public final T copy(T from, T reuse) {
        return from;
    }

    @Override
    public final void copy(DataInputView source, DataOutputView target) throws IOException {
        // Flink's DataOutputSerializer grows for bytes, but not for a view.
        in.takeFrom(source);
        in.handTo(target);
    }

    @Override
    public final int getLength() {
        return -1;
    }

    @Override
    public final boolean equals(Object other) {
        return other instanceof WireSerializer<?> wire && wire.type == type && wire.version == version;
    }

    @Override
    public final int hashCode() {
        return type.hashCode();
    }

    private void readObject(ObjectInputStream stream) throws IOException, ClassNotFoundException {
        stream.defaultReadObject();
        out = new WireOutput();
        in = new WireInput();
    }
}
