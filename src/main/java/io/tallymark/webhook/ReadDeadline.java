package io.tallymark.webhook;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Cuts off whoever sends slowly: a request must have been read, its head included, within a time from when a thread took it up. Later
 * than that the thread is interrupted, which closes the connection that it reads from: the JDK's server has such a bound only as a
 * property of the whole process.
 */
final class ReadDeadline implements Executor {
    private final Executor workers;
    private final ScheduledExecutorService timer;
    private final Duration time;
    private final Map<Thread, Watch> watches = new ConcurrentHashMap<>();

    ReadDeadline(Executor workers, ScheduledExecutorService timer, Duration time) {
        this.workers = workers;
        this.timer = timer;
        this.time = time;
    }

    @Override
    public void execute(Runnable exchange) {
        workers.execute(() -> {
            Watch watch = new Watch(Thread.currentThread());
            Future<?> cut = timer.schedule(watch::cut, time.toMillis(), TimeUnit.MILLISECONDS);
            watches.put(watch.thread, watch);
            try {
                exchange.run();
            } finally {
                watches.remove(watch.thread);
                watch.end();
                cut.cancel(false);
            }
        });
    }

    /** The request was read; from here on there is no hurry. */
    void read() {
        Watch watch = watches.get(Thread.currentThread());
        if (watch != null) {
            watch.end();
        }
    }

    private static final class Watch {
        private final Thread thread;
        private boolean over;

        Watch(Thread thread) {
            this.thread = thread;
        }

        synchronized void cut() {
            if (!over) {
                over = true;
                thread.interrupt();
            }
        }

        /** Called by the thread itself, which takes no interrupt along into what it does next. */
        synchronized void end() {
            over = true;
            Thread.interrupted();
        }
    }
}
