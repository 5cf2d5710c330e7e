package io.tallymark.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * When a run's process fetched its first records, and what it had used of the processor by then. Static, for Kafka makes the interceptor
 * that starts it.
 */
final class RunClock {
    static final int PARTS = 10;

    private static final AtomicReference<@Nullable Moment> FIRST = new AtomicReference<>();
    private static final AtomicReference<@Nullable Moment> LAST = new AtomicReference<>();
    private static final AtomicLong EXPECTED = new AtomicLong();
    private static final AtomicLong FETCHED = new AtomicLong();
    /** When each tenth of the records had been fetched, by the clock of {@link Moment#nanos}. */
    private static final AtomicLongArray TENTHS = new AtomicLongArray(PARTS);

    private RunClock() {}

    /** A point in time by two clocks. */
    record Moment(long nanos, long cpuNanos) {
        static Moment now() {
            OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
            return new Moment(System.nanoTime(), system.getProcessCpuTime());
        }
    }

    /** Some records were fetched. */
    static void fetched(int records) {
        if (FIRST.get() == null) {
            FIRST.compareAndSet(null, Moment.now());
        }
        long before = FETCHED.getAndAdd(records);
        long expected = EXPECTED.get();
        for (int part = 0; part < PARTS; part++) {
            long end = expected * (part + 1) / PARTS;
            if (before < end && before + records >= end) {
                TENTHS.set(part, System.nanoTime());
            }
        }
    }

    /** A job begins that is to fetch that many records; what its launcher looked at before does not count. */
    static void expect(long records) {
        EXPECTED.set(records);
        FETCHED.set(0);
        FIRST.set(null);
    }

    /** How long it took to fetch each tenth of the records, in milliseconds. */
    static List<Long> tenths() {
        List<Long> millis = new ArrayList<>(PARTS);
        long begin = first().nanos();
        for (int part = 0; part < PARTS; part++) {
            long end = TENTHS.get(part);
            millis.add(TimeUnit.NANOSECONDS.toMillis(end - begin));
            begin = end;
        }
        return millis;
    }

    /** A sink has seen all of its records; the last call counts. */
    static void finished() {
        LAST.set(Moment.now());
    }

    static Moment first() {
        return required(FIRST);
    }

    static Moment last() {
        return required(LAST);
    }

    private static Moment required(AtomicReference<@Nullable Moment> reference) {
        Moment moment = reference.get();
        if (moment == null) {
            throw new IllegalStateException("the job has read nothing");
        }
        return moment;
    }
}
