package io.tallymark.dedup;

import io.tallymark.usage.BillingHour;
import io.tallymark.usage.Fingerprint;
import io.tallymark.usage.Measurement;
import io.tallymark.usage.Origin;
import io.tallymark.usage.UsageEvent;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.storage.FileSystemCheckpointStorage;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;

/**
 * What ids cost: hashes, index and blocks in RocksDB, without Flink's network, for new ids spread over seven days ({@code -Dbench.hours}
 * for other than 168), checkpoints' appends included ({@code -Dbench.per-checkpoint}), and for repeats of old ids. Arguments: the numbers
 * of ids at which to measure, rising, then a directory for the last, full checkpoint. Times are of the thread's CPU. Asserts nothing;
 * prints its figures.
 */
final class DedupBenchmark {
    private static final long START_MILLIS = 492_000 * BillingHour.MILLIS;
    private static final long SPAN_MILLIS =
            Duration.ofHours(Integer.getInteger("bench.hours", 168)).toMillis();
    private static final int MEASURED = 500_000;
    private static final int PER_CHECKPOINT = Integer.getInteger("bench.per-checkpoint", 250_000);
    /** Key group 1, shard 4, namespace 1, hour and number 8, and the lengths of key and value 3. */
    private static final int KEY_BYTES = 17;

    private static final int REPEATS = 50_000;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final Path directory;
    private final long total;
    private KeyedOneInputStreamOperatorTestHarness<Integer, UsageEvent, UsageEvent> harness;
    private final long heapWithoutIdsBytes;
    private long known;

    private DedupBenchmark(Path directory, long total) throws Exception {
        this.directory = directory;
        this.total = total;
        this.harness = harness();
        harness.open();
        for (int shard = 0; shard < IdentityShard.COUNT; shard++) {
            operator().shard(shard);
        }
        this.heapWithoutIdsBytes = usedHeapBytes();
    }

    public static void main(String[] arguments) throws Exception {
        int last = arguments.length - 1;
        DedupBenchmark benchmark = new DedupBenchmark(Path.of(arguments[last]), Long.parseLong(arguments[last - 1]));
        for (int i = 0; i < last; i++) {
            benchmark.measureAt(Long.parseLong(arguments[i]));
        }
        benchmark.restart();
    }

    private void measureAt(long ids) throws Exception {
        while (known < ids - MEASURED) {
            add();
        }
        long begin = THREADS.getCurrentThreadCpuTime();
        while (known < ids) {
            add();
        }
        double nanos = (THREADS.getCurrentThreadCpuTime() - begin) / (double) MEASURED;
        double heap = (usedHeapBytes() - heapWithoutIdsBytes) / (double) known;
        System.out.printf(
                "%,d ids: %.0f ns a new id, checkpoints' appends included; heap %.1f bytes an id; %d reads so far%n",
                known, nanos, heap, confirmations());
        repeatOld();
    }

    /** Looks for ids of the older half, whose fingerprints are ready. */
    private void repeatOld() throws Exception {
        Random random = new Random(known);
        List<Fingerprint> repeated = new ArrayList<>();
        for (int i = 0; i < REPEATS; i++) {
            repeated.add(Fingerprint.of("gateway", "request-" + random.nextLong(known / 2)));
        }
        long readBefore = confirmations();
        long begin = THREADS.getCurrentThreadCpuTime();
        for (Fingerprint id : repeated) {
            if (operator().shard(IdentityShard.of(id)).find(id) == null) {
                throw new AssertionError("an old id is unknown");
            }
        }
        double nanos = (THREADS.getCurrentThreadCpuTime() - begin) / (double) REPEATS;
        System.out.printf(
                "  %.0f ns a repeat of an old id, of which %.2f were read from blocks%n",
                nanos, (confirmations() - readBefore) / (double) REPEATS);
    }

    private long confirmations() {
        long confirmations = 0;
        for (int shard = 0; shard < IdentityShard.COUNT; shard++) {
            confirmations += operator().shard(shard).confirmations();
        }
        return confirmations;
    }

    private static long usedHeapBytes() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private void add() throws Exception {
        long time = START_MILLIS + (long) (SPAN_MILLIS * ((double) known / total));
        UsageEvent event = event(known, time);
        Fingerprint id = event.fingerprint();
        ShardIds shard = operator().shard(IdentityShard.of(id));
        if (shard.find(id) != null) {
            throw new AssertionError("a new id is known");
        }
        shard.put(id, SeenId.of(event, event.contentCheck(), Standing.COUNTED));
        known++;
        if (known % PER_CHECKPOINT == 0) {
            operator().writeShards();
        }
    }

    private void restart() throws Exception {
        long begin = System.nanoTime();
        OperatorSubtaskState state = harness.snapshot(1, 1);
        System.out.printf(
                "full checkpoint: %.1f bytes an id, %.1f s%n",
                state.getStateSize() / (double) known, (System.nanoTime() - begin) / 1e9);
        harness.close();
        begin = System.nanoTime();
        harness = harness();
        harness.initializeState(state);
        double loaded = (System.nanoTime() - begin) / 1e9;
        harness.open();
        System.out.printf(
                "restart: %.1f s, of which RocksDB %.1f s; %,d ids remembered%n",
                (System.nanoTime() - begin) / 1e9, loaded, operator().rememberedIds());
        measureBlocks();
        harness.close();
    }

    private void measureBlocks() throws Exception {
        var descriptor = new MapStateDescriptor<Long, byte[]>(
                "id-blocks", Types.LONG, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO);
        long blocks = 0;
        long bytes = 0;
        for (int shard = 0; shard < IdentityShard.COUNT; shard++) {
            operator().setCurrentKey(shard);
            MapState<Long, byte[]> state = operator()
                    .getKeyedStateBackend()
                    .getPartitionedState(VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE, descriptor);
            for (byte[] block : state.values()) {
                blocks++;
                bytes += block.length;
            }
        }
        System.out.printf(
                "%.1f ids a block, %.2f bytes an id, with keys and 8 bytes of RocksDB's %.2f%n",
                known / (double) blocks, bytes / (double) known, (bytes + blocks * (KEY_BYTES + 8)) / (double) known);
    }

    private DropDuplicates operator() {
        return (DropDuplicates) harness.getOperator();
    }

    private static UsageEvent event(long number, long timeMillis) {
        return new UsageEvent(
                "gateway",
                "request-" + number,
                "customer",
                timeMillis,
                true,
                timeMillis,
                new Origin("usage-events", 0, number),
                List.of(new Measurement("requests", "{}", BigDecimal.ONE)),
                null);
    }

    private KeyedOneInputStreamOperatorTestHarness<Integer, UsageEvent, UsageEvent> harness() throws Exception {
        var created = new KeyedOneInputStreamOperatorTestHarness<>(
                new DropDuplicates(Duration.ofDays(7)), new IdentityShard(), Types.INT);
        EmbeddedRocksDBStateBackend backend = new EmbeddedRocksDBStateBackend();
        // A harness has half a megabyte of managed memory, which would have RocksDB flush all the time.
        backend.getMemoryConfiguration().setUseManagedMemory(false);
        created.setStateBackend(backend);
        created.setCheckpointStorage(new FileSystemCheckpointStorage(directory.toUri()));
        return created;
    }
}
