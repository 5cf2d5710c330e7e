package io.tallymark.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.usage.RecordHeader;
import io.tallymark.usage.Rejection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KafkaRecordDecoderTest {
    private static final IngestSettings SETTINGS = new IngestSettings(
            "kafka:9092",
            "usage-events",
            "tallymark",
            false,
            Map.of(),
            IngestSettings.DEFAULT_MAX_RECORD_BYTES,
            false,
            IngestSettings.DEFAULT_MAX_LATENESS,
            Duration.ofMinutes(2),
            Duration.ofSeconds(10),
            List.of(Decoding.REQUESTS));

    /** A rejection holds the whole record. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void everyHeaderOfTheRecordIsRead(int count) {
        RecordHeaders headers = new RecordHeaders();
        for (int i = 0; i < count; i++) {
            headers.add("header-" + i, new byte[] {(byte) i});
        }
        List<RecordHeader> read = rejected(headers).headers();

        assertThat(read).extracting(RecordHeader::name).isEqualTo(names(count));
        assertThat(read).allMatch(header -> header.value() != null && header.value().length == 1);
    }

    private static List<String> names(int count) {
        return List.of("header-0", "header-1").subList(0, count);
    }

    @SuppressWarnings("NullAway") // The decoder asks Flink's context for nothing.
    private static Rejection rejected(RecordHeaders headers) {
        KafkaRecordDecoder decoder = new KafkaRecordDecoder(SETTINGS);
        decoder.open(null);
        List<Ingested> decoded = new ArrayList<>();
        decoder.deserialize(
                new ConsumerRecord<>(
                        "usage-events",
                        3,
                        42,
                        Decoding.APPENDED.toEpochMilli(),
                        TimestampType.LOG_APPEND_TIME,
                        0,
                        4,
                        new byte[0],
                        Decoding.utf8("junk"),
                        headers,
                        Optional.empty()),
                new ListCollector<>(decoded));
        return decoded.get(0).rejection().orElseThrow();
    }
}
