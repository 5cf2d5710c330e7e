package io.tallymark.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever was asked for before, the text is that of the bytes. */
class TextCacheTest {
    private static final int TEXTS = 4 * TextCache.PLACES;
    /** Two with one hash. */
    private static final List<String> COLLIDING = List.of("n3jw", "n1jme");

    private final TextCache cache = new TextCache();

    @ParameterizedTest
    @ValueSource(strings = {"", "acme", "größe-\uD83D\uDE00", "llm.completion"})
    void aTextThatComesAgainIsOneObjectFromTheThirdTimeOn(String text) {
        assertThat(text(text)).isEqualTo(TextNode.valueOf(text));
        TextNode second = text(text);

        assertThat(text(text)).isEqualTo(TextNode.valueOf(text)).isSameAs(second);
    }

    @Test
    void moreTextsThanItHoldsAreAllRight() {
        long seed = Long.getLong("tallymark.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int i = 0; i < 10 * TEXTS; i++) {
            // Some often, some seldom, some longer than it keeps.
            int number = random.nextInt(1 + random.nextInt(TEXTS));
            String text = "é".repeat(number % 3) + number + "x".repeat(number % 100);
            assertThat(text(text).textValue()).as("seed %d", seed).isEqualTo(text);
        }
    }

    @Test
    void textsThatMeetInOnePlaceAreTakenForThemselves() {
        assertThat(hash(COLLIDING.get(0))).isEqualTo(hash(COLLIDING.get(1)));
        for (int i = 0; i < 10; i++) {
            for (String text : COLLIDING) {
                assertThat(text(text).textValue()).isEqualTo(text);
                assertThat(text(text).textValue()).isEqualTo(text);
            }
        }
    }

    @Test
    void textsThatComeOnceDriveNothingOut() {
        text("acme");
        TextNode kept = text("acme");
        for (int i = 0; i < TEXTS; i++) {
            text("once-" + i);
        }

        assertThat(text("acme")).isSameAs(kept);
    }

    @Test
    void keepsNoLongTexts() {
        String longest = "x".repeat(TextCache.LONGEST_BYTES);
        text(longest);
        text(longest + "x");

        assertThat(text(longest)).isSameAs(text(longest));
        assertThat(text(longest + "x")).isNotSameAs(text(longest + "x"));
    }

    private static int hash(String text) {
        byte[] bytes = Decoding.utf8(text);
        return ByteWords.hash(bytes, 0, bytes.length);
    }

    /** As it stands in the middle of a record. */
    private TextNode text(String text) {
        byte[] record = Decoding.utf8('"' + text + "\",");
        return cache.text(record, 1, record.length - 2, StandardCharsets.UTF_8);
    }
}
