package io.tallymark.deadletter;

import static io.tallymark.deadletter.TestLetters.NOON;
import static io.tallymark.deadletter.TestLetters.bytes;
import static io.tallymark.deadletter.TestLetters.header;
import static io.tallymark.deadletter.TestLetters.headers;
import static io.tallymark.deadletter.TestLetters.letter;
import static io.tallymark.deadletter.TestLetters.stored;
import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.usage.Origin;
import io.tallymark.usage.RejectReason;
import io.tallymark.usage.Rejection;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class RedrivenRecordTest {
    private static final int PARTITIONS = 4;

    @Test
    void recordGoesBackToItsPartitionWithTheTimeOfItsFirstStorage() {
        ProducerRecord<byte[], byte[]> redriven = redriven(rejected(first(), 3, 42, NOON.toEpochMilli()), 7);

        assertThat(redriven.topic()).isEqualTo("usage-events");
        assertThat(redriven.partition()).isEqualTo(3);
        assertThat(redriven.key()).isEqualTo(bytes("k"));
        assertThat(redriven.value()).isEqualTo(bytes("v"));
        assertThat(headers(redriven.headers()))
                .containsExactly(
                        "trace: t-1", "tallymark-append-time: 2026-03-01T12:00:00Z", "tallymark-redriven-from: 1@7");
    }

    @Test
    void partitionThatIsNoMoreIsLeftToTheKey() {
        assertThat(redriven(rejected(first(), 4, 42, NOON.toEpochMilli()), 7).partition())
                .isNull();
    }

    @Test
    void recordRejectedAgainAndAgainKeepsItsFirstTimeAndPilesUpNoHeaders() {
        ProducerRecord<byte[], byte[]> record = first();
        long storedMillis = NOON.toEpochMilli();
        for (int drive = 1; drive <= 3; drive++) {
            DeadLetter letter = rejected(record, 3, 42 + drive, storedMillis);
            assertThat(letter.appendTimeMillis()).isEqualTo(storedMillis);
            record = redriven(letter, drive);
            assertThat(headers(record.headers()))
                    .containsExactly(
                            "trace: t-1",
                            "tallymark-append-time: 2026-03-01T12:00:00Z",
                            "tallymark-redriven-from: 1@" + drive);
            storedMillis += 86_400_000;
        }
    }

    @Test
    void identicalRecordsAreTheSameWhateverRedrivingAdded() {
        DistinctRecords distinct = new DistinctRecords();
        DeadLetter letter = rejected(first(), 3, 42, NOON.toEpochMilli());
        DeadLetter again = rejected(redriven(letter, 7), 3, 43, NOON.toEpochMilli());

        assertThat(distinct.add(letter.content())).isTrue();
        assertThat(distinct.add(again.content())).isFalse();
        assertThat(distinct.add(new LetterContent(null, bytes("v"), List.of()))).isTrue();
        assertThat(distinct.add(new LetterContent(bytes(""), bytes("v"), List.of())))
                .isTrue();
        assertThat(distinct.add(new LetterContent(bytes("k"), bytes("v"), List.of(header("trace", "t-2")))))
                .isTrue();
    }

    private static ProducerRecord<byte[], byte[]> first() {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>("usage-events", bytes("k"), bytes("v"));
        record.headers().add("trace", bytes("t-1"));
        return record;
    }

    /** What the job makes of a record that it cannot count, as the reader gets it. */
    private static DeadLetter rejected(
            ProducerRecord<byte[], byte[]> record, int partition, long offset, long storedMillis) {
        ConsumerRecord<byte[], byte[]> read = stored(record, partition, offset);
        Rejection rejection = new Rejection(
                new Origin("usage-events", partition, offset),
                storedMillis,
                read.key(),
                read.value(),
                DeadLetterDecoder.headers(read),
                RejectReason.NOT_A_NUMBER,
                "no number");
        return DeadLetterDecoder.decode(stored(letter("letters", rejection), 1, 7))
                .orElseThrow();
    }

    private static ProducerRecord<byte[], byte[]> redriven(DeadLetter letter, long letterOffset) {
        DeadLetter at = new DeadLetter(
                new Origin("letters", 1, letterOffset),
                letter.reason(),
                letter.detail(),
                letter.origin(),
                letter.appendTimeMillis(),
                letter.content(),
                letter.omittedBytes());
        return RedrivenRecord.of(at, at.content(), "usage-events", PARTITIONS);
    }
}
