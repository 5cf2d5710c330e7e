package io.tallymark.proof;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** Damages records, each in one way or two: as bytes, as JSON, as a Kafka record. */
final class Mutator {
    private static final int LARGE_ONE_IN = 20_000;
    private static final int MAX_LARGE_BYTES = 1_200_000;
    private static final int MAX_INSERTED_BYTES = 40;
    private static final int MANY_HEADERS_ONE_IN = 100;
    private static final int MAX_HEADERS = 3_000;
    private static final int KEPT = 50;

    private final RandomGenerator random;
    private final JsonMutator json;
    /** Values seen lately, to splice with. */
    private final List<byte[]> lately = new ArrayList<>();

    Mutator(RandomGenerator random) {
        this.random = random;
        this.json = new JsonMutator(random);
    }

    ProducerRecord<byte[], byte[]> mutate(ProducerRecord<byte[], byte[]> sound, int partition, long appendMillis) {
        Headers headers = new RecordHeaders(sound.headers().toArray());
        Optional<byte[]> value = Optional.ofNullable(sound.value());
        remember(value.orElse(new byte[0]));
        value = mutated(value, headers);
        if (random.nextInt(3) == 0) {
            value = mutated(value, headers);
        }
        byte[] key = random.nextInt(10) == 0 ? null : sound.key();
        return new ProducerRecord<>(sound.topic(), partition, appendMillis, key, value.orElse(null), headers);
    }

    private Optional<byte[]> mutated(Optional<byte[]> value, Headers headers) {
        byte[] bytes = value.orElse(new byte[0]);
        if (random.nextInt(LARGE_ONE_IN) == 0) {
            return Optional.of(json.enlarged(bytes, 1 + random.nextInt(MAX_LARGE_BYTES)));
        }
        return switch (random.nextInt(20)) {
            case 0, 1 -> Optional.of(flipped(bytes));
            case 2 -> Optional.of(inserted(bytes, randomBytes(MAX_INSERTED_BYTES)));
            case 3 -> Optional.of(cut(bytes));
            case 4 -> Optional.of(Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)));
            case 5 -> Optional.of(spliced(bytes));
            case 6, 7, 8 -> {
                mutateHeaders(headers);
                yield value;
            }
            case 9 -> random.nextInt(4) == 0 ? odd() : value;
            default -> Optional.of(json.mutate(bytes));
        };
    }

    private void remember(byte[] value) {
        if (lately.size() < KEPT) {
            lately.add(value);
        } else {
            lately.set(random.nextInt(KEPT), value);
        }
    }

    private Optional<byte[]> odd() {
        return switch (random.nextInt(4)) {
            case 0 -> Optional.empty();
            case 1 -> Optional.of(new byte[0]);
            case 2 -> Optional.of(new byte[1 + random.nextInt(30)]);
            default -> Optional.of(randomBytes(300));
        };
    }

    private byte[] flipped(byte[] bytes) {
        byte[] copy = bytes.clone();
        for (int flips = random.nextInt(4); flips >= 0 && copy.length > 0; flips--) {
            copy[random.nextInt(copy.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return copy;
    }

    private byte[] inserted(byte[] bytes, byte[] more) {
        int at = random.nextInt(bytes.length + 1);
        byte[] copy = Arrays.copyOf(bytes, bytes.length + more.length);
        System.arraycopy(more, 0, copy, at, more.length);
        System.arraycopy(bytes, at, copy, at + more.length, bytes.length - at);
        return copy;
    }

    private byte[] cut(byte[] bytes) {
        int from = random.nextInt(bytes.length + 1);
        int to = from + random.nextInt(bytes.length - from + 1);
        byte[] copy = Arrays.copyOf(bytes, bytes.length - (to - from));
        System.arraycopy(bytes, to, copy, from, bytes.length - to);
        return copy;
    }

    private byte[] spliced(byte[] bytes) {
        byte[] other = lately.get(random.nextInt(lately.size()));
        int head = random.nextInt(bytes.length + 1);
        int tail = random.nextInt(other.length + 1);
        byte[] copy = Arrays.copyOf(bytes, head + other.length - tail);
        System.arraycopy(other, tail, copy, head, other.length - tail);
        return copy;
    }

    private byte[] randomBytes(int max) {
        byte[] bytes = new byte[1 + random.nextInt(max)];
        random.nextBytes(bytes);
        return bytes;
    }

    private void mutateHeaders(Headers headers) {
        String name = draw(HostileText.HEADER_NAMES);
        switch (random.nextInt(6)) {
            case 0 -> headers.remove(name);
            case 1 -> headers.add(name, null);
            case 2 -> headers.add(name, randomBytes(20));
            case 3 -> headers.add(name, flipped(lastValue(headers, name)));
            case 4 -> {
                boolean many = random.nextInt(MANY_HEADERS_ONE_IN) == 0;
                for (int count = random.nextInt(many ? MAX_HEADERS : 5); count > 0; count--) {
                    headers.add("h" + count, new byte[] {1});
                }
            }
            default -> headers.add(name, hostile().getBytes(StandardCharsets.UTF_8));
        }
    }

    private String hostile() {
        return switch (random.nextInt(3)) {
            case 0 -> draw(HostileText.TIMES);
            case 1 -> draw(HostileText.CONTENT_TYPES);
            default -> HostileText.string(random);
        };
    }

    private static byte[] lastValue(Headers headers, String name) {
        Header last = Optional.ofNullable(headers.lastHeader(name)).orElse(new RecordHeader(name, new byte[0]));
        return last.value() == null ? new byte[0] : last.value();
    }

    private String draw(List<String> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
