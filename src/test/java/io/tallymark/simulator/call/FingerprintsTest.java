package io.tallymark.simulator.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FingerprintsTest {
    private final Fingerprints prints = new Fingerprints();

    @Test
    void aNameMatchesTheTextThatItCameWithFirst() {
        assertThat(prints.matches("a", "1")).isTrue();
        assertThat(prints.matches("a", "1")).isTrue();
        assertThat(prints.matches("a", "2")).isFalse();
        assertThat(prints.matches("a", "1")).isTrue();
    }

    @Test
    void growingForgetsAndConfusesNothing() {
        int names = 100_000;
        IntStream.range(0, names).forEach(i -> prints.matches("name-" + i, "text-" + i));

        assertThat(IntStream.range(0, names).allMatch(i -> prints.matches("name-" + i, "text-" + i)))
                .isTrue();
        assertThat(IntStream.range(0, names).noneMatch(i -> prints.matches("name-" + i, "other")))
                .isTrue();
    }
}
