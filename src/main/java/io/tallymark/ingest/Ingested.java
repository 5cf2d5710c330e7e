package io.tallymark.ingest;

import io.tallymark.usage.Origin;
import io.tallymark.usage.Rejection;
import io.tallymark.usage.UsageEvent;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What became of one record: an accepted event, a rejection, or neither when no meter listens to it. Every record yields exactly one,
 * so that even an ignored one moves its partition's watermark and enters the balance sheet. A flat record because Flink serializes it
 * field by field.
 *
 * @param recordOrigin the record; null for a tick, which is no record but only carries a partition's time
 * @param appendTimeMillis time at which Kafka stored the record, ms since the epoch; of a tick the time up to which the partition is read
 */
public record Ingested(
        @Nullable Origin recordOrigin,
        long appendTimeMillis,
        @Nullable UsageEvent acceptedEvent,
        @Nullable Rejection rejectedRecord) {
    static Ingested accepted(UsageEvent event) {
        return new Ingested(event.origin(), event.appendTimeMillis(), event, null);
    }

    static Ingested rejected(Rejection rejection) {
        return new Ingested(rejection.origin(), rejection.appendTimeMillis(), null, rejection);
    }

    static Ingested ignored(Origin origin, long appendTimeMillis) {
        return new Ingested(origin, appendTimeMillis, null, null);
    }

    /** Says that a partition holds nothing unread that was stored before this time. */
    static Ingested tick(long timeMillis) {
        return new Ingested(null, timeMillis, null, null);
    }

    /** The record; empty for a tick. */
    public Optional<Origin> origin() {
        return Optional.ofNullable(recordOrigin);
    }

    public Optional<UsageEvent> event() {
        return Optional.ofNullable(acceptedEvent);
    }

    public Optional<Rejection> rejection() {
        return Optional.ofNullable(rejectedRecord);
    }
}
