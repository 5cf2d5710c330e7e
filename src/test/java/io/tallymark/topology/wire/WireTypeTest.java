package io.tallymark.topology.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.aggregate.Subtotal;
import io.tallymark.usage.Measurement;
import io.tallymark.usage.Origin;
import io.tallymark.usage.RecordHeader;
import io.tallymark.usage.RejectReason;
import io.tallymark.usage.Rejection;
import io.tallymark.usage.UsageEvent;
import io.tallymark.usage.UsageKey;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataInputViewStreamWrapper;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.core.memory.DataOutputViewStreamWrapper;
import org.apache.flink.util.InstantiationUtil;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WireTypeTest {
    private static final int ELEMENTS = 20_000;
    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    @Test
    void eventsArriveAsTheyWereSent() throws Exception {
        survive(WireType.USAGE_EVENT, this::event);
    }

    @Test
    void subtotalsArriveAsTheyWereSent() throws Exception {
        survive(WireType.SUBTOTAL, this::subtotal);
    }

    @Test
    void textsThatMeetInOnePlaceStayApart() throws Exception {
        SharedTexts texts = new SharedTexts(false);
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 50_000; i++) {
                byte[] text = ("xx" + i).getBytes(StandardCharsets.ISO_8859_1);
                assertThat(texts.get(text, 1, text.length - 1)).isEqualTo("x" + i);
            }
        }
    }

    @Test
    void sameTextIsTheSameObject() throws Exception {
        List<UsageEvent> arrived =
                overTheNetwork(WireType.USAGE_EVENT, List.of(named("アクメ"), named("acme"), named("アクメ"), named("acme")));

        assertThat(arrived.get(2).customerId()).isSameAs(arrived.get(0).customerId());
        assertThat(arrived.get(3).customerId()).isSameAs(arrived.get(1).customerId());
    }

    @Test
    void copiedElementIsTheSame() throws IOException {
        TypeSerializer<UsageEvent> serializer = WireType.USAGE_EVENT.createSerializer(new SerializerConfigImpl());
        UsageEvent event = named("acme");
        DataOutputSerializer out = new DataOutputSerializer(16);
        serializer.serialize(event, out);
        DataOutputSerializer copied = new DataOutputSerializer(16);
        serializer.copy(new DataInputDeserializer(out.getCopyOfBuffer()), copied);

        assertThat(copied.getCopyOfBuffer()).isEqualTo(out.getCopyOfBuffer());
        assertThat(serializer.copy(event)).isSameAs(event);
    }

    /** Flink spills such an element to a file and reads it from there as a stream. */
    @Test
    void voidOfTheLargestRecordSurvivesAndLeavesNoLargeBuffer() throws IOException {
        byte[] record = new byte[1 << 24];
        random.nextBytes(record);
        UsageEvent large = named("acme")
                .asVoid(new Rejection(
                        origin(), 7, null, record, List.of(), RejectReason.VOID_MISMATCH, "not what was counted"));
        TypeSerializer<UsageEvent> serializer = WireType.USAGE_EVENT.createSerializer(new SerializerConfigImpl());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputViewStreamWrapper out = new DataOutputViewStreamWrapper(bytes);
        serializer.serialize(large, out);
        serializer.serialize(named("acme"), out);
        DataInputViewStreamWrapper in = new DataInputViewStreamWrapper(new ByteArrayInputStream(bytes.toByteArray()));

        Rejection arrived = Objects.requireNonNull(serializer.deserialize(in).refusal());
        assertThat(Arrays.equals(arrived.value(), record)).isTrue();
        assertThat(serializer.deserialize(in)).isEqualTo(named("acme"));
        assertThat(((WireSerializer<UsageEvent>) serializer).keptBytes()).isLessThan(WireOutput.MOST_KEPT_BYTES);
    }

    @Test
    void otherVersionIsRefused() throws IOException {
        TypeSerializer<UsageEvent> serializer = WireType.USAGE_EVENT.createSerializer(new SerializerConfigImpl());
        DataOutputSerializer out = new DataOutputSerializer(16);
        serializer.serialize(named("acme"), out);
        byte[] bytes = out.getCopyOfBuffer();
        bytes[Integer.BYTES] = 9;

        assertThatThrownBy(() -> serializer.deserialize(new DataInputDeserializer(bytes)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("version 9")
                .hasMessageContaining("same release");
    }

    @Test
    void serializerTravelsToAWorker() throws Exception {
        TypeSerializer<Subtotal> sent =
                InstantiationUtil.clone(WireType.SUBTOTAL.createSerializer(new SerializerConfigImpl()));
        TypeSerializer<Subtotal> restored = sent.snapshotConfiguration().restoreSerializer();
        Subtotal subtotal = subtotal();
        DataOutputSerializer out = new DataOutputSerializer(16);
        sent.serialize(subtotal, out);

        assertThat(restored).isEqualTo(sent);
        assertThat(restored.deserialize(new DataInputDeserializer(out.getCopyOfBuffer())))
                .isEqualTo(subtotal);
    }

    private interface Source<T> {
        T next();
    }

    private <T> void survive(TypeInformation<T> type, Source<T> source) throws IOException {
        List<T> sent = new ArrayList<>();
        for (int i = 0; i < ELEMENTS; i++) {
            sent.add(source.next());
        }

        List<T> arrived = overTheNetwork(type, sent);

        for (int i = 0; i < ELEMENTS; i++) {
            // Field by field only where there are byte arrays, for that takes its time.
            if (!arrived.get(i).equals(sent.get(i))) {
                assertThat(arrived.get(i))
                        .as("seed %s, element %s", seed, i)
                        .usingRecursiveComparison()
                        .isEqualTo(sent.get(i));
            }
        }
    }

    private static <T> List<T> overTheNetwork(TypeInformation<T> type, List<T> elements) throws IOException {
        TypeSerializer<T> serializer = type.createSerializer(new SerializerConfigImpl());
        DataOutputSerializer out = new DataOutputSerializer(1 << 20);
        for (T element : elements) {
            serializer.serialize(element, out);
        }
        TypeSerializer<T> reader = serializer.duplicate();
        DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());
        List<T> arrived = new ArrayList<>();
        for (int i = 0; i < elements.size(); i++) {
            arrived.add(reader.deserialize(in));
        }
        assertThat(in.available()).isZero();
        return arrived;
    }

    private static UsageEvent named(String customer) {
        return new UsageEvent(
                "gateway",
                "e-1",
                customer,
                5,
                true,
                7,
                new Origin("usage-events", 3, 42),
                List.of(new Measurement("requests", "{}", BigDecimal.ONE)),
                null);
    }

    private UsageEvent event() {
        List<Measurement> measurements = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            measurements.add(new Measurement(text(), text(), decimal()));
        }
        return new UsageEvent(
                text(),
                text(),
                text(),
                number(),
                random.nextBoolean(),
                number(),
                origin(),
                measurements,
                random.nextInt(5) == 0 ? rejection() : null);
    }

    private Subtotal subtotal() {
        return new Subtotal(
                new UsageKey(text(), text(), text()),
                number(),
                decimal(),
                number(),
                number(),
                random.nextLong(),
                random.nextLong());
    }

    private Rejection rejection() {
        List<RecordHeader> headers = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            headers.add(new RecordHeader(text(), bytes()));
        }
        RejectReason[] reasons = RejectReason.values();
        return new Rejection(
                origin(),
                number(),
                bytes(),
                bytes(),
                headers,
                reasons[random.nextInt(reasons.length)],
                text(),
                random.nextBoolean());
    }

    private Origin origin() {
        return new Origin(text(), random.nextInt(), number());
    }

    private byte @Nullable [] bytes() {
        if (random.nextInt(4) == 0) {
            return null;
        }
        byte[] bytes = new byte[random.nextInt(600)];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Of every length of the number's digits. */
    private long number() {
        return random.nextLong() >> random.nextInt(Long.SIZE);
    }

    private BigDecimal decimal() {
        return new BigDecimal(new BigInteger(random.nextInt(140), random), random.nextInt(60) - 30)
                .multiply(random.nextBoolean() ? BigDecimal.ONE : BigDecimal.ONE.negate());
    }

    /** Short and long, of Latin letters or of anything, half surrogate pairs too; many come again. */
    private String text() {
        Random chars = random.nextBoolean() ? new Random(random.nextInt(200)) : random;
        int highest = List.of(0x80, 0x100, 0x10000).get(chars.nextInt(3));
        StringBuilder text = new StringBuilder();
        for (int i = chars.nextInt(chars.nextInt(20) == 0 ? 400 : 20); i > 0; i--) {
            text.append((char) chars.nextInt(highest));
        }
        return text.toString();
    }
}
