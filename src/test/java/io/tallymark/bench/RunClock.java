package io.tallymark.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * When a run's process fetched its first records, and what it had used of the processor by then. Static, for Kafka makes the interceptor
 * that starts it.
 */
final class RunClock {
    private static final AtomicReference<@Nullable Moment> FIRST = new AtomicReference<>();
    private static final AtomicReference<@Nullable Moment> LAST = new AtomicReference<>();

    private RunClock() {}

    /** A point in time by two clocks. */
    record Moment(long nanos, long cpuNanos) {
        static Moment now() {
            OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
            return new Moment(System.nanoTime(), system.getProcessCpuTime());
        }
    }

    /** Records were fetched; only the first call counts. */
    static void fetched() {
        if (FIRST.get() == null) {
            FIRST.compareAndSet(null, Moment.now());
        }
    }

    /** Forgets what was fetched before the job began: its launcher looks at a few records. */
    static void reset() {
        FIRST.set(null);
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
