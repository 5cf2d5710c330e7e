package io.tallymark.webhook;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs what should not happen: one line of each kind a minute, since anybody may send anything. Thread safe. */
final class Anomalies {
    private static final Logger LOG = LoggerFactory.getLogger(Anomalies.class);
    private static final Duration PAUSE = Duration.ofMinutes(1);

    private final LongSupplier nanos;
    private final Map<Kind, Told> told = new EnumMap<>(Kind.class);

    Anomalies(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** What there is. */
    enum Kind {
        SIGNATURE,
        TOO_LARGE,
        UNREADABLE,
        OTHER_MODE,
        HELD,
        FAILED,
        BROKEN_HANDLER,
        DATABASE
    }

    private record Told(long atNanos, long untold) {}

    void log(Kind kind, String text) {
        log(kind, text, null);
    }

    void log(Kind kind, String text, @Nullable Throwable cause) {
        long untold = note(kind);
        if (untold >= 0) {
            LOG.warn(
                    "webhook: {}{}",
                    text,
                    untold == 0 ? "" : " (and " + untold + " more like this since the last line)",
                    cause);
        }
    }

    /** How many of the kind were not logged; -1 when this one is not to be either. */
    synchronized long note(Kind kind) {
        long now = nanos.getAsLong();
        Told last = told.get(kind);
        if (last != null && now - last.atNanos() < PAUSE.toNanos()) {
            told.put(kind, new Told(last.atNanos(), last.untold() + 1));
            return -1;
        }
        told.put(kind, new Told(now, 0));
        return last == null ? 0 : last.untold();
    }
}
