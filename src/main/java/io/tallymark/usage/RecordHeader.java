package io.tallymark.usage;

import org.jspecify.annotations.Nullable;

/** One header of a Kafka record as it was read; names may repeat and a value may be absent. */
public record RecordHeader(String name, byte @Nullable [] value) {}
