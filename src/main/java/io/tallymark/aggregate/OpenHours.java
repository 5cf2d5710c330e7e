package io.tallymark.aggregate;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How many different hours are open, for a metric: those in which a key began since this attempt started, and not all such keys were
 * closed. Written by one thread, read by any.
 */
final class OpenHours {
    private final Map<Long, Integer> keysByHour = new ConcurrentHashMap<>();

    void began(long epochHour) {
        keysByHour.merge(epochHour, 1, Integer::sum);
    }

    /** Also of a key that began in an earlier attempt, which is not counted here. */
    void closed(long epochHour) {
        keysByHour.computeIfPresent(epochHour, (hour, keys) -> keys == 1 ? null : keys - 1);
    }

    int count() {
        return keysByHour.size();
    }
}
