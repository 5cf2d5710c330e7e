package io.tallymark.dedup;

import io.tallymark.usage.UsageEvent;
import org.apache.flink.api.java.functions.KeySelector;

/** The key of deduplication: source and id as one string, with a length prefix so that no two pairs meet. */
public final class EventIdentity implements KeySelector<UsageEvent, String> {
    private static final long serialVersionUID = 1L;

    @Override
    public String getKey(UsageEvent event) {
        return event.source().length() + ":" + event.source() + event.id();
    }
}
