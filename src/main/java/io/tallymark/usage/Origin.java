package io.tallymark.usage;

/** Where a record came from; with the topic's retention this finds the bytes again. */
public record Origin(String topic, int partition, long offset) {
    @Override
    public String toString() {
        return topic + "-" + partition + "@" + offset;
    }
}
