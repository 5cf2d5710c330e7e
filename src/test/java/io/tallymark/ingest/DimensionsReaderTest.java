package io.tallymark.ingest;

import static io.tallymark.ingest.Decoding.byDimensions;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whatever was read before, the dimensions are those of the event, as Jackson writes them. */
class DimensionsReaderTest {
    private static final int VALUES = 4 * DimensionsCache.PLACES;
    private static final String LETTERS = "ab\"\\/\b\f\n\r\t\u0001\u001F\u007F\u2028é中\uFFFF";

    private final DimensionsCache cache = new DimensionsCache();
    private final DimensionsReader models = reader("data.model");
    private final DimensionsReader both = reader("data.region", "data.model");

    @Test
    void dimensionsThatComeAgainAreOneObjectFromTheThirdTimeOn() throws RejectException {
        assertThat(models.read(event("m"))).isEqualTo("{\"model\":\"m\"}");
        String second = models.read(event("m"));

        assertThat(models.read(event("m"))).isEqualTo("{\"model\":\"m\"}").isSameAs(second);
    }

    @Test
    void moreValuesThanTheCacheHoldsAreWrittenAsJacksonWritesThem() throws RejectException {
        long seed = Long.getLong("tallymark.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int i = 0; i < 20 * VALUES; i++) {
            String model = value(random.nextInt(1 + random.nextInt(VALUES)));
            String region = random.nextBoolean() ? value(random.nextInt(3)) : null;
            ObjectNode expected = JsonNodeFactory.instance.objectNode().put("model", model);
            assertThat(models.read(event(model))).as("seed %d", seed).isEqualTo(expected.toString());
            if (region != null) {
                expected.put("region", region);
            }
            assertThat(both.read(event(model, region))).as("seed %d", seed).isEqualTo(expected.toString());
        }
    }

    /** Strings with one hash, and two meters with one label. */
    @Test
    void valuesThatMeetInOnePlaceAreTakenForThemselves() throws RejectException {
        DimensionsReader sameLabel = reader("data.region");
        for (int i = 0; i < 10; i++) {
            for (String model : List.of("Aa", "Aa", "BB", "BB")) {
                assertThat(models.read(event(model))).isEqualTo("{\"model\":\"" + model + "\"}");
                assertThat(sameLabel.read(event("x", model))).isEqualTo("{\"region\":\"" + model + "\"}");
            }
        }
    }

    @Test
    void absentAndEmptyAndTheWordNullAreThreeGroups() throws RejectException {
        for (int i = 0; i < 3; i++) {
            assertThat(both.read(event("m", null))).isEqualTo("{\"model\":\"m\"}");
            assertThat(both.read(event("m", ""))).isEqualTo("{\"model\":\"m\",\"region\":\"\"}");
            assertThat(both.read(event("m", "null"))).isEqualTo("{\"model\":\"m\",\"region\":\"null\"}");
        }
    }

    @Test
    void whatIsRefusedIsRefusedEachTimeAndAlsoAfterItsLikes() throws RejectException {
        JsonNode list = JsonNodeFactory.instance.arrayNode();
        for (int i = 0; i < 3; i++) {
            assertThat(models.read(event(""))).isEqualTo("{\"model\":\"\"}");
            assertThatThrownBy(() -> models.read(event(list))).hasMessageStartingWith("data.model must be a string");
            assertThatThrownBy(() -> models.read(event("\0"))).hasMessage("data.model holds a NUL character");
            assertThatThrownBy(() -> models.read(event("\uD800"))).hasMessage("data.model holds half a surrogate pair");
            assertThatThrownBy(() -> models.read(event("x".repeat(1_020))))
                    .hasMessageStartingWith("dimensions of requests have 1032 bytes");
        }
    }

    @Test
    void dimensionsThatComeOnceDriveNothingOut() throws RejectException {
        models.read(event("m"));
        String kept = models.read(event("m"));
        for (int i = 0; i < VALUES; i++) {
            models.read(event("once-" + i));
        }

        assertThat(models.read(event("m"))).isSameAs(kept);
    }

    @Test
    void keepsNoLongDimensions() throws RejectException {
        String longest = "x".repeat(DimensionsCache.LONGEST_CHARS - "{\"model\":\"\"}".length());
        models.read(event(longest));
        models.read(event(longest + "x"));

        assertThat(models.read(event(longest))).isSameAs(models.read(event(longest)));
        assertThat(models.read(event(longest + "x"))).isNotSameAs(models.read(event(longest + "x")));
    }

    private DimensionsReader reader(String... paths) {
        return new DimensionsReader(byDimensions(paths), Decoding.BOUNDS, cache);
    }

    /** Of each number one text, with everything in it that JSON escapes or might. */
    private static String value(int number) {
        Random random = new Random(number);
        StringBuilder text = new StringBuilder().append(number);
        for (int i = random.nextInt(8); i > 0; i--) {
            text.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return text.toString();
    }

    private static CloudEvent event(String model) {
        return event(JsonNodeFactory.instance.textNode(model));
    }

    private static CloudEvent event(JsonNode model) {
        return event(JsonNodeFactory.instance.objectNode().set("model", model));
    }

    private static CloudEvent event(String model, @Nullable String region) {
        ObjectNode data = JsonNodeFactory.instance.objectNode().put("model", model);
        return event(region == null ? data : data.put("region", region));
    }

    private static CloudEvent event(ObjectNode data) {
        return new StructuredEvent(JsonNodeFactory.instance.objectNode().set("data", data));
    }
}
