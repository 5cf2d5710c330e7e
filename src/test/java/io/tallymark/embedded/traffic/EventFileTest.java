package io.tallymark.embedded.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.usage.UserError;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventFileTest {
    @Test
    void recordIsTheLineWithItsSubjectAsKeyAndItsTimeAsTimestamp() {
        String line = "{\"id\": \"1\", \"subject\":\"Zoë\",\"time\":\"2026-03-30T12:00:00.5+02:00\"}";

        ProducerRecord<byte[], byte[]> record = records(line).get(0);

        assertThat(record.topic()).isEqualTo("usage");
        assertThat(record.value()).isEqualTo(line.getBytes(StandardCharsets.UTF_8));
        assertThat(record.key()).isEqualTo("Zoë".getBytes(StandardCharsets.UTF_8));
        assertThat(record.timestamp())
                .isEqualTo(Instant.parse("2026-03-30T10:00:00.5Z").toEpochMilli());
    }

    @Test
    void eventWithoutTimeOrSubjectIsSentAsItIs() {
        ProducerRecord<byte[], byte[]> record = records("{\"subject\":7}").get(0);

        assertThat(record.key()).isNull();
        assertThat(record.timestamp()).isNull();
    }

    @Test
    void eventWithoutTimeIsOnlySentWhenThatIsMeant() {
        byte[] text = "{\"time\":\"2026-03-30T12:00:00Z\"}\n{\"id\":\"1\"}".getBytes(StandardCharsets.UTF_8);
        EventFile file = file(text, false);
        assertThat(file.next().timestamp()).isNotNull();

        assertThatThrownBy(file::next)
                .isInstanceOf(UserError.class)
                .hasMessage("line 2 of events.jsonl has no time")
                .extracting(error -> ((UserError) error).remedy())
                .asString()
                .contains("--time-now", "once only");
    }

    @Test
    void onlyAFileInWhichEachEventHasItsTimeIsSentAgainAsAWhole() {
        assertThatThrownBy(() -> records("[]", false))
                .satisfies(error -> assertThat(((UserError) error).remedy()).contains("send the whole file again"));
        assertThatThrownBy(() -> records("[]", true))
                .satisfies(error -> assertThat(((UserError) error).remedy()).contains("from this line on"));
    }

    @Test
    void emptyLinesAreNoEvents() {
        assertThat(records("\n{}\n\n  \r\n{}\r\n\n")).hasSize(2);
        assertThat(records("")).isEmpty();
    }

    @Test
    void producerSendsTheWholeFile() {
        MockProducer<byte[], byte[]> kafka = new MockProducer<>(
                true, new RoundRobinPartitioner(), new ByteArraySerializer(), new ByteArraySerializer());
        List<Long> progress = new ArrayList<>();

        new TrafficProducer(kafka)
                .send(file("{}\n{}".getBytes(StandardCharsets.UTF_8)), Pace.unlimited(), progress::add);

        assertThat(kafka.history()).hasSize(2);
        assertThat(progress).containsExactly(1L, 2L);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "{\"id\":1              | is no JSON object",
                "[]                     | is no JSON object",
                "{\"time\":\"noon\"}    | has no RFC 3339 timestamp",
                "{\"time\":17}          | has no RFC 3339 timestamp",
                "{\"time\":\"1969-12-31T23:59:59Z\"} | has no RFC 3339 timestamp since 1970"
            })
    void badLineIsNamed(String line, String problem) {
        assertThatThrownBy(() -> records("{}\n\n" + line))
                .isInstanceOf(UserError.class)
                .hasMessageStartingWith("line 3 of events.jsonl " + problem);
    }

    @Test
    void bytesThatAreNoTextAreRefusedRatherThanChanged() {
        EventFile file = file(new byte[] {'{', '}', '\n', (byte) 0xff});

        assertThatThrownBy(() -> file.forEachRemaining(record -> {}))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("of events.jsonl cannot be read as UTF-8");
    }

    @Test
    void missingFileIsAMistakeOfTheUser() {
        assertThatThrownBy(() -> EventFile.open(Path.of("no-such-file"), "usage", false))
                .isInstanceOf(UserError.class)
                .hasMessage("cannot read no-such-file");
    }

    private static List<ProducerRecord<byte[], byte[]>> records(String text) {
        return records(text, true);
    }

    private static List<ProducerRecord<byte[], byte[]>> records(String text, boolean timeNow) {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        file(text.getBytes(StandardCharsets.UTF_8), timeNow).forEachRemaining(records::add);
        return records;
    }

    private static EventFile file(byte[] bytes) {
        return file(bytes, true);
    }

    private static EventFile file(byte[] bytes, boolean timeNow) {
        return new EventFile(new ByteArrayInputStream(bytes), "events.jsonl", "usage", timeNow);
    }
}
