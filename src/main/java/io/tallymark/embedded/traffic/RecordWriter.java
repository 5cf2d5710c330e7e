package io.tallymark.embedded.traffic;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;

/** Writes drafts as records, in a form and into a partition that it draws unless they are given. */
final class RecordWriter {
    private static final List<EventForm> FORMS = List.of(EventForm.values());

    private final String topic;
    private final int partitions;
    private final RandomGenerator random;

    RecordWriter(TrafficSettings settings, RandomGenerator random) {
        this.topic = settings.topic();
        this.partitions = settings.partitions();
        this.random = random;
    }

    TrafficRecord write(EventDraft draft, long append) {
        return write(draft, form(), append);
    }

    TrafficRecord write(EventDraft draft, EventForm form, long append) {
        EventForm.Written written = form.write(draft.envelope());
        return record(draft, partition(), append, Optional.of(written.value()), written.headers());
    }

    TrafficRecord record(EventDraft draft, int partition, long append, Optional<byte[]> value, Headers headers) {
        byte[] key = draft.customerId().getBytes(StandardCharsets.UTF_8);
        ProducerRecord<byte[], byte[]> message =
                new ProducerRecord<>(topic, partition, append, key, value.orElse(null), headers);
        return new TrafficRecord(message, draft.expectation());
    }

    EventForm form() {
        return FORMS.get(random.nextInt(FORMS.size()));
    }

    int partition() {
        return random.nextInt(partitions);
    }
}
