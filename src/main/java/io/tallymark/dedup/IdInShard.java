package io.tallymark.dedup;

import io.tallymark.usage.Fingerprint;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.flink.api.common.state.MapState;
import org.jspecify.annotations.Nullable;

/** One id at a time: its place in the shard's index, and its idle voids in keyed state. */
final class IdInShard implements IdMemory {
    private final Consumer<Integer> enterShard;
    private final MapState<Fingerprint, Map<Long, WaitingVoid>> idleVoids;
    /** Shards that may have idle voids. Nearly none does, which spares the others a look. */
    private final BitSet withIdleVoids = new BitSet(IdentityShard.COUNT);

    private Fingerprint id = Fingerprint.ZERO;
    private int shard;
    private @Nullable ShardIds ids;

    IdInShard(Consumer<Integer> enterShard, MapState<Fingerprint, Map<Long, WaitingVoid>> idleVoids) {
        this.enterShard = enterShard;
        this.idleVoids = idleVoids;
    }

    void become(Fingerprint itsId, int itsShard, ShardIds itsIds) {
        id = itsId;
        shard = itsShard;
        ids = itsIds;
    }

    void noteIdleVoids(int inShard) {
        withIdleVoids.set(inShard);
    }

    /** Drops the voids of ids that are remembered no longer. */
    void dropIdleVoids(int inShard, ShardIds remembered) throws Exception {
        if (!withIdleVoids.get(inShard)) {
            return;
        }
        enterShard.accept(inShard);
        List<Fingerprint> withVoids = new ArrayList<>();
        idleVoids.keys().forEach(withVoids::add);
        for (Fingerprint each : withVoids) {
            if (remembered.find(each) == null) {
                idleVoids.remove(each);
            }
        }
        withIdleVoids.set(inShard, !idleVoids.isEmpty());
    }

    @Override
    public @Nullable SeenId seen() throws Exception {
        return Objects.requireNonNull(ids).find(id);
    }

    @Override
    public void remember(SeenId next) throws Exception {
        Objects.requireNonNull(ids).put(id, next);
    }

    @Override
    public boolean hasIdleVoid(long check) throws Exception {
        return idleVoids().containsKey(check);
    }

    @Override
    public void addIdleVoid(long check, WaitingVoid idle) throws Exception {
        Map<Long, WaitingVoid> more = new HashMap<>(idleVoids());
        more.put(check, idle);
        idleVoids.put(id, more);
        noteIdleVoids(shard);
    }

    @Override
    public Map<Long, WaitingVoid> idleVoids() throws Exception {
        enterShard.accept(shard);
        Map<Long, WaitingVoid> present = idleVoids.get(id);
        return present == null ? Map.of() : present;
    }

    @Override
    public void clearIdleVoids() throws Exception {
        enterShard.accept(shard);
        idleVoids.remove(id);
    }
}
