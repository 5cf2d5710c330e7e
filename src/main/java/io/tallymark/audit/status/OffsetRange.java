package io.tallymark.audit.status;

/** Offsets of one partition from {@code first} to just before {@code next}. */
record OffsetRange(String topic, int partition, long first, long next) {
    @Override
    public String toString() {
        return topic + " partition " + partition + ", offsets " + first + " to " + (next - 1);
    }
}
