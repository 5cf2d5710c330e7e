package io.tallymark.usage;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An accepted usage event, reduced to what the meters need; or a void, which takes the event of the same identity out again.
 *
 * @param source CloudEvents {@code source}; with {@code id} it is the event's identity
 * @param id CloudEvents {@code id}
 * @param customerId CloudEvents {@code subject}
 * @param timeMillis event time, ms since the epoch: chooses the hour
 * @param timeGiven whether the event states its time; if not, {@code timeMillis} is the append time and differs from repeat to repeat
 * @param appendTimeMillis time at which Kafka stored the record, ms since the epoch: decides acceptance and drives watermarks
 * @param origin topic, partition and offset of the record
 * @param measurements what the event adds, at most one entry a meter; never empty
 * @param fingerprint of its identity; hashed once, where the record is decoded
 * @param contentCheck {@link ContentCheck} of what it is billed for
 * @param refusal of a void only: the dead letter to write when it does not match what was counted; null for a usage event
 */
public record UsageEvent(
        String source,
        String id,
        String customerId,
        long timeMillis,
        boolean timeGiven,
        long appendTimeMillis,
        Origin origin,
        List<Measurement> measurements,
        Fingerprint fingerprint,
        long contentCheck,
        @Nullable Rejection refusal) {
    /** Hashes identity and content. */
    public UsageEvent(
            String source,
            String id,
            String customerId,
            long timeMillis,
            boolean timeGiven,
            long appendTimeMillis,
            Origin origin,
            List<Measurement> measurements,
            @Nullable Rejection refusal) {
        this(
                source,
                id,
                customerId,
                timeMillis,
                timeGiven,
                appendTimeMillis,
                origin,
                measurements,
                Fingerprint.of(source, id),
                ContentCheck.of(customerId, timeGiven, timeMillis, measurements),
                refusal);
    }

    /** Whether this takes an event out instead of adding one. */
    public boolean isVoid() {
        return refusal != null;
    }

    /** The void that takes exactly this out. */
    public UsageEvent asVoid(Rejection itsRefusal) {
        return new UsageEvent(
                source, id, customerId, timeMillis, timeGiven, appendTimeMillis, origin, measurements, itsRefusal);
    }

    /** The same with another event time: a void without a time of its own is of the time that was counted. */
    public UsageEvent at(long otherTimeMillis) {
        return new UsageEvent(
                source, id, customerId, otherTimeMillis, timeGiven, appendTimeMillis, origin, measurements, refusal);
    }
}
