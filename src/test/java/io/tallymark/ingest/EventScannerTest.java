package io.tallymark.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.BooleanNode;
import io.tallymark.usage.Aggregation;
import io.tallymark.usage.Meter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the scanner takes means what the tree means; everything else it leaves to the tree. */
class EventScannerTest {
    private static final int RECORDS = Integer.getInteger("decode.records", 300_000);
    private static final List<Meter> METERS = List.of(
            Decoding.REQUESTS,
            meter("tokens", "data.tokens", List.of("data.model", "data.deep.er"), Map.of("data.cached", "false")),
            meter("credits", "data.credits", List.of("subject", "data.region"), Map.of()),
            meter("whole", "data", List.of("data.note"), Map.of("data.region", "nowhere")));

    private final EventDecoder trees = EventDecoder.byTrees(METERS, Decoding.MAX_LATENESS, Decoding.BOUNDS, true);
    private final EventDecoder decoder = new EventDecoder(METERS, Decoding.MAX_LATENESS, Decoding.BOUNDS, true);

    @Test
    void randomRecordsAreDecodedAsTheTreeDecodesThem() {
        long seed = Long.getLong("tallymark.seed", System.nanoTime());
        Mutator mutator = new Mutator(new Random(seed));
        EventScanner scanner = scanner("data.tokens", "data.model", "data.note.a", "subject");
        int scanned = 0;
        for (int i = 0; i < RECORDS; i++) {
            RawRecord record = i % 10 == 0 ? mutator.sound(i) : mutator.mutated(i);
            Ingested expected = trees.decode(record);
            Ingested outcome = decoder.decode(record);
            if (!outcome.equals(expected)) {
                throw new AssertionError("seed " + seed + ", record " + i + ": " + outcome + " instead of " + expected);
            }
            byte[] value = record.value();
            scanned += value != null && scanner.scan(value).isPresent() ? 1 : 0;
        }
        System.out.println("EventScannerTest seed " + seed + ": " + scanned + " of " + RECORDS + " records scanned");
        assertThat(scanned).isGreaterThan(RECORDS / 10);
    }

    /** More customers and dimensions than the caches hold, some often and some once, some of them refused. */
    @Test
    void recordsOfManyCustomersAreDecodedAsTheTreeDecodesThem() {
        long seed = Long.getLong("tallymark.seed", System.nanoTime());
        Random random = new Random(seed);
        int accepted = 0;
        for (int i = 0; i < RECORDS / 3; i++) {
            int customer = random.nextInt(1 + random.nextInt(3 * TextCache.PLACES));
            int model = random.nextInt(1 + random.nextInt(3 * DimensionsCache.PLACES));
            RawRecord record = Decoding.plain("""
                    {"id": "e-%d", "source": "gateway", "type": "llm.completion", "subject": "%s",
                     "data": {"tokens": %s, "credits": %d, "model": "%s", "region": %s, "cached": "false"}}""".formatted(
                            i,
                            (customer % 3 == 0 ? "größe-" : "acme-") + customer + "x".repeat(customer % 300),
                            i % 7 == 0 ? "1e2" : i + "." + customer,
                            -i,
                            "m".repeat(model % 9) + model,
                            model % 2 == 0 ? "\"\u4E2D" + "x".repeat(model % 1_100) + '"' : model));
            Ingested expected = trees.decode(record);
            assertThat(decoder.decode(record)).as("seed %d, record %d", seed, i).isEqualTo(expected);
            accepted += expected.event().isPresent() ? 1 : 0;
        }
        assertThat(accepted).isBetween(RECORDS / 10, RECORDS / 3 - 1);
    }

    @Test
    void readsTheValuesAtItsPathsAndNoOthers() throws RejectException {
        EventScanner scanner = scanner("data.a.b", "data.n", "region", "data.t");

        CloudEvent event = scanner.scan(Decoding.utf8("""
                        {"id": "x", "region": "größe", "data": {"a": {"b": -1.50e+2, "c": [1, {"b": 2}]}, "n": null, "t": true, "b": 3}, "void" : false}""")).orElseThrow();

        assertThat(String.valueOf(event.at("data.a.b"))).isEqualTo("-1.50e+2");
        assertThat(event.at("data.n")).isNull();
        assertThat(event.at("data.t")).isEqualTo(BooleanNode.TRUE);
        assertThat(event.attribute("region")).contains("größe");
        assertThat(event.required("id")).isEqualTo("x");
        assertThat(event.isVoid()).isFalse();
        assertThat(event.attribute("source")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{} x",
                "\uFEFF{}",
                "{\"a\":1,}",
                "{\"a\":01}",
                "{\"a\":1.}",
                "{\"a\":+1}",
                "{\"a\":1e}",
                "{\"a\":.5}",
                "{\"a\":-}",
                "{\"a\":truE}",
                "{\"a\":nul",
                "{\"a\":\"x",
                "{\"a\":\"x\ty\"}",
                "{\"a\" 1}",
                "{\"a\":1 \"b\":2}",
                "{\"a\":[1,]}",
                "{\"a\":[1 2]}",
                "{\"a\":1}}",
                "{a:1}",
                "{'a':1}",
                "{\"a\":1,\"a\":2}",
                "{\"b\":{\"a\":1,\"a\":2}}",
                "{\"a\":\"\\u0041\"}",
                "{\"\\u0061\":1}",
                "{\"data\":[1]}",
                "{\"data\":\"x\"}",
                "{\"id\":{}}",
                "{\"id\":[]}",
                "{\"a\":\u00A01}"
            })
    void leavesToTheTree(String record) {
        assertThat(scanner("data.x").scan(Decoding.utf8(record))).isEmpty();
    }

    @Test
    void leavesWhatIsNotUtf8ToTheTree() {
        byte[] record = "{\"id\":\"\u00E9\"}".getBytes(StandardCharsets.ISO_8859_1);

        assertThat(scanner().scan(record)).isEmpty();
    }

    @Test
    void leavesWhatIsBeyondABoundToTheTree() {
        InputBounds bounds = new InputBounds(1_000, 10, 3, 5, 4, 6, 3, 512, 255, 1_024);
        EventScanner scanner = new EventScanner(CloudEvent.ATTRIBUTES, bounds);

        assertThat(scans(scanner, "{\"a\":{\"b\":[1]}}")).isTrue();
        assertThat(scans(scanner, "{\"a\":{\"b\":[[1]]}}")).isFalse();
        assertThat(scans(scanner, "{\"a\":[1,2,3]}")).isTrue();
        assertThat(scans(scanner, "{\"a\":[1,2,3,4]}")).isFalse();
        assertThat(scans(scanner, "{\"abcd\":1}")).isTrue();
        assertThat(scans(scanner, "{\"abcde\":1}")).isFalse();
        assertThat(scans(scanner, "{\"a\":\"123456\"}")).isTrue();
        assertThat(scans(scanner, "{\"a\":\"1234567\"}")).isFalse();
        assertThat(scans(scanner, "{\"a\":123}")).isTrue();
        assertThat(scans(scanner, "{\"a\":1234}")).isFalse();
    }

    /** Two names with one hash, more names than are kept, nesting up to the bound: the tree accepts them, so they count. */
    @Test
    void soundRecordsThatTheScannerLeavesAreDecodedByTheTree() {
        StringBuilder many = new StringBuilder("{\"tokens\": 1, \"credits\": 2, \"cached\": false");
        for (int i = 0; i < 200; i++) {
            many.append(", \"name-").append(i).append("\": ").append(i);
        }
        List<String> sound = List.of(
                "{\"tokens\": 1, \"credits\": 2, \"cached\": false, \"n3jw\": 1, \"n1jme\": 2}",
                many + "}",
                "{\"tokens\": 1, \"credits\": 2, \"cached\": false, \"deep\": " + "[".repeat(62) + "]".repeat(62)
                        + "}");
        for (String data : sound) {
            RawRecord record = Decoding.event(data);
            assertThat(decoder.decode(record)).isEqualTo(trees.decode(record));
            assertThat(decoder.decode(record).event()).as(data).isPresent();
        }
        assertThat(scans(scanner(), sound.get(0))).isFalse();
        assertThat(scans(scanner(), sound.get(1))).isFalse();
    }

    @Test
    void aNameWithTheHashOfAnotherIsNotTakenForIt() throws RejectException {
        EventScanner scanner = scanner("data.n3jw");

        CloudEvent event =
                scanner.scan(Decoding.utf8("{\"data\":{\"n1jme\":1}}")).orElseThrow();

        assertThat(event.at("data.n3jw")).isNull();
    }

    @Test
    void whatOneRecordHeldIsNotInTheNext() throws RejectException {
        EventScanner scanner = scanner("data.a");
        scanner.scan(Decoding.utf8("{\"id\":\"é\",\"data\":{\"a\":1}}"));
        scanner.scan(Decoding.utf8("{\"id\":\"x\",\"a\":{\"b\":{\"c\":"));

        CloudEvent event =
                scanner.scan(Decoding.utf8("{\"source\":\"x\",\"data\":{}}")).orElseThrow();

        assertThat(event.at("data.a")).isNull();
        assertThat(event.attribute("id")).isEmpty();
    }

    private static boolean scans(EventScanner scanner, String record) {
        Optional<CloudEvent> scanned = scanner.scan(Decoding.utf8(record));
        return scanned.isPresent();
    }

    private static EventScanner scanner(String... paths) {
        List<String> all = new ArrayList<>(CloudEvent.ATTRIBUTES);
        all.addAll(List.of(paths));
        return new EventScanner(all, Decoding.BOUNDS);
    }

    private static Meter meter(String metric, String value, List<String> dimensions, Map<String, String> where) {
        return new Meter(metric, "llm.completion", Aggregation.SUM, value, dimensions, where, true, Meter.ALWAYS, null);
    }
}
