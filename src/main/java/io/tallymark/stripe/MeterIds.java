package io.tallymark.stripe;

import com.stripe.exception.StripeException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Knows which active meter listens to an event name, and asks Stripe again after some minutes: a meter can be archived and its name
 * taken by another. Thread safe; threads that find it stale at once each ask for themselves, so that none waits for another's call.
 */
final class MeterIds {
    private static final long FOUND_NANOS = Duration.ofMinutes(5).toNanos();
    /** Shorter, since somebody may be creating the meter at this moment. */
    private static final long MISSING_NANOS = Duration.ofSeconds(30).toNanos();

    private final MeterList list;
    private final LongSupplier nanoTime;
    private volatile Snapshot newest;

    /** The call that lists all meters. */
    interface MeterList {
        List<StripeMeter> read() throws StripeException;
    }

    MeterIds(MeterList list, LongSupplier nanoTime) {
        this.list = list;
        this.nanoTime = nanoTime;
        this.newest = new Snapshot(Map.of(), nanoTime.getAsLong() - FOUND_NANOS);
    }

    /** Empty when no active meter listens to the name. */
    Optional<String> find(String eventName) throws StripeException {
        Snapshot known = newest;
        long keptNanos = known.idByEventName().containsKey(eventName) ? FOUND_NANOS : MISSING_NANOS;
        boolean fresh = nanoTime.getAsLong() - known.readNanos() < keptNanos;
        return fresh ? known.find(eventName) : findAnew(eventName);
    }

    /** The same, without trusting what was read before. */
    Optional<String> findAnew(String eventName) throws StripeException {
        long readNanos = nanoTime.getAsLong();
        Map<String, String> ids = list.read().stream()
                .filter(StripeMeter::active)
                .collect(Collectors.toMap(StripeMeter::eventName, StripeMeter::id, (first, second) -> first));
        newest = new Snapshot(ids, readNanos);
        return newest.find(eventName);
    }

    private record Snapshot(Map<String, String> idByEventName, long readNanos) {
        Optional<String> find(String eventName) {
            return Optional.ofNullable(idByEventName.get(eventName));
        }
    }
}
