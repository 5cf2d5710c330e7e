package io.tallymark.ingest;

import io.tallymark.usage.Rejection;
import io.tallymark.usage.UsageEvent;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What became of one record: an accepted event, a rejection, or neither when no meter listens to it. Every record yields exactly one,
 * so that even an ignored one moves its partition's watermark. A flat record because Flink serializes it field by field.
 */
public record Ingested(
        @Nullable UsageEvent acceptedEvent, @Nullable Rejection rejectedRecord) {
    static Ingested accepted(UsageEvent event) {
        return new Ingested(event, null);
    }

    static Ingested rejected(Rejection rejection) {
        return new Ingested(null, rejection);
    }

    static Ingested ignored() {
        return new Ingested(null, null);
    }

    public Optional<UsageEvent> event() {
        return Optional.ofNullable(acceptedEvent);
    }

    public Optional<Rejection> rejection() {
        return Optional.ofNullable(rejectedRecord);
    }
}
