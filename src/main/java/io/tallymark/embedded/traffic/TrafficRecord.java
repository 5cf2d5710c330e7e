package io.tallymark.embedded.traffic;

import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * One record to send and what must become of it.
 *
 * @param message carries its partition and its append time
 */
public record TrafficRecord(ProducerRecord<byte[], byte[]> message, Expectation expectation) {
    int partition() {
        return message.partition();
    }

    /** The same bytes and headers at another place and time. */
    TrafficRecord again(int partition, long appendMillis) {
        ProducerRecord<byte[], byte[]> copy = new ProducerRecord<>(
                message.topic(), partition, appendMillis, message.key(), message.value(), message.headers());
        return new TrafficRecord(copy, expectation);
    }
}
