package io.tallymark.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read without the library is what the library reads. */
class PlainDecimalTest {
    private static final int NUMBERS = 300_000;
    private static final String LETTERS = "0123456789.-+eE x٣";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-0",
                "-0.00",
                "7",
                "007",
                "100",
                "-1200",
                "12.75",
                "0.50",
                "999999999999999999",
                "-99999999.9999999999",
                "0.00000000000000001",
                "100000000000000000"
            })
    void reads(String text) {
        assertThat(PlainDecimal.read(text)).isEqualTo(new BigDecimal(text).stripTrailingZeros());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-",
                ".",
                "-.",
                "5.",
                ".5",
                "-.5",
                "+5",
                "--5",
                "5-",
                "1e3",
                "1.2.3",
                "1..2",
                " 5",
                "0x10",
                "٣",
                "9999999999999999999",
                "0.000000000000000001",
                "99999999999999999999999999"
            })
    void leavesToTheLibrary(String text) {
        assertThat(PlainDecimal.read(text)).isNull();
    }

    /** To the scale: 1E+2 and 100 are not equal. */
    @Test
    void randomNumbersAreThoseOfTheLibrary() {
        long seed = Long.getLong("tallymark.seed", System.nanoTime());
        Random random = new Random(seed);
        int read = 0;
        for (int i = 0; i < NUMBERS; i++) {
            String text = changed(random, number(random));
            BigDecimal value = PlainDecimal.read(text);
            if (value != null) {
                read++;
                assertThat(value).as("seed %d: %s", seed, text).isEqualTo(new BigDecimal(text).stripTrailingZeros());
            }
        }
        System.out.println("PlainDecimalTest seed " + seed + ": " + read + " of " + NUMBERS + " read");
        assertThat(read).isGreaterThan(NUMBERS / 2);
    }

    private static String number(Random random) {
        long digits = random.nextLong() >> random.nextInt(Long.SIZE);
        long rounded = random.nextInt(3) == 0 ? digits / 1_000 * 1_000 : digits;
        return BigDecimal.valueOf(rounded, random.nextInt(20)).toPlainString();
    }

    /** One time in four a character is another one. */
    private static String changed(Random random, String number) {
        StringBuilder text = new StringBuilder(number);
        if (random.nextInt(4) == 0) {
            text.setCharAt(random.nextInt(number.length()), LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return text.toString();
    }
}
