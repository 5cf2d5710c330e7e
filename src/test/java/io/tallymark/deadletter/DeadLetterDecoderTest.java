package io.tallymark.deadletter;

import static io.tallymark.deadletter.TestLetters.NOON;
import static io.tallymark.deadletter.TestLetters.bytes;
import static io.tallymark.deadletter.TestLetters.header;
import static io.tallymark.deadletter.TestLetters.letter;
import static io.tallymark.deadletter.TestLetters.stored;
import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.usage.Origin;
import io.tallymark.usage.RecordHeader;
import io.tallymark.usage.RejectReason;
import io.tallymark.usage.Rejection;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Reads back what the encoder writes. */
class DeadLetterDecoderTest {
    private static final Origin ORIGIN = new Origin("usage-events", 3, 42);

    @Test
    void letterComesBackAsItWasWritten() {
        DeadLetter letter = decoded(rejection(bytes("k"), bytes("v"), List.of(header("trace", "t-1"))));

        assertThat(letter.position()).isEqualTo(new Origin("letters", 1, 7));
        assertThat(letter.reason()).isEqualTo(RejectReason.TOO_LATE);
        assertThat(letter.detail()).isEqualTo("too late");
        assertThat(letter.origin()).isEqualTo(ORIGIN);
        assertThat(letter.appendTimeMillis()).isEqualTo(NOON.toEpochMilli());
        assertThat(letter.bytesAtOrigin()).isFalse();
        assertThat(letter.content().key()).isEqualTo(bytes("k"));
        assertThat(letter.content().value()).isEqualTo(bytes("v"));
        assertThat(letter.content().headers()).extracting(RecordHeader::name).containsExactly("trace");
    }

    @Test
    void headersOfOurNamesAreTheRecordsOwnWhenTheyStandBeforeOurs() {
        DeadLetter letter = decoded(rejection(
                null,
                bytes("v"),
                List.of(
                        header("tallymark-omitted-bytes", "9"),
                        header("tallymark-reason", "forged"),
                        header("tallymark-offset", "1"))));

        assertThat(letter.reason()).isEqualTo(RejectReason.TOO_LATE);
        assertThat(letter.origin()).isEqualTo(ORIGIN);
        assertThat(letter.bytesAtOrigin()).isFalse();
        assertThat(letter.content().headers())
                .extracting(RecordHeader::name)
                .containsExactly("tallymark-omitted-bytes", "tallymark-reason", "tallymark-offset");
    }

    @Test
    void tombstoneIsNotTakenForOmittedBytes() {
        assertThat(decoded(rejection(null, null, List.of())).bytesAtOrigin()).isFalse();
    }

    @Test
    void letterSaysWhenItsBytesAreAtTheOrigin() {
        byte[] huge = new byte[DeadLetterEncoder.MAX_RECORD_BYTES + 1];
        DeadLetter large = decoded(rejection(null, huge, List.of(header("trace", "t-1"))));
        DeadLetter unknown = decoded(
                Rejection.withoutBytes(ORIGIN, NOON.toEpochMilli(), RejectReason.VOID_MISMATCH, "another time"));

        assertThat(large.bytesAtOrigin()).isTrue();
        assertThat(Long.parseLong(large.omittedBytes())).isGreaterThan(huge.length);
        assertThat(large.content().headers()).isEmpty();
        assertThat(unknown.omittedBytes()).isEqualTo("unknown");
        assertThat(unknown.origin()).isEqualTo(ORIGIN);
    }

    @Test
    void recordThatIsNoLetterIsNone() {
        ProducerRecord<byte[], byte[]> foreign = new ProducerRecord<>("letters", bytes("v"));
        assertThat(DeadLetterDecoder.decode(stored(foreign, 0, 0))).isEmpty();

        ProducerRecord<byte[], byte[]> forged = new ProducerRecord<>("letters", bytes("v"));
        DeadLetterHeaders.ENDING.forEach(name -> forged.headers().add(name, bytes("x")));
        assertThat(DeadLetterDecoder.decode(stored(forged, 0, 0))).isEmpty();
    }

    private static DeadLetter decoded(Rejection rejection) {
        return DeadLetterDecoder.decode(stored(letter("letters", rejection), 1, 7))
                .orElseThrow();
    }

    private static Rejection rejection(byte @Nullable [] key, byte @Nullable [] value, List<RecordHeader> headers) {
        return new Rejection(ORIGIN, NOON.toEpochMilli(), key, value, headers, RejectReason.TOO_LATE, "too late");
    }
}
