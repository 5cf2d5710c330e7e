package io.tallymark.ingest;

import static io.tallymark.ingest.Decoding.TOKENS;
import static io.tallymark.ingest.Decoding.event;
import static io.tallymark.ingest.Decoding.measured;
import static io.tallymark.ingest.Decoding.reason;
import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.usage.Aggregation;
import io.tallymark.usage.Meter;
import io.tallymark.usage.RejectReason;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Quantities through the whole decoder: exact decimals or a reason. */
class QuantityReaderTest {
    private static final Meter SIGNED = new Meter(
            "credits", "llm.completion", Aggregation.SUM, "data.tokens", List.of(), Map.of(), true, Meter.ALWAYS, null);

    @Test
    void readsANumber() {
        assertThat(quantity("7")).isEqualTo("7");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "-0, 0",
        "-0.0, 0",
        "0e999999999, 0",
        "0.1, 0.1",
        "100, 100",
        "1.50, 1.5",
        "1e3, 1000",
        "12345678901234567890, 12345678901234567890",
        "99999999999999999999.999999999999999999, 99999999999999999999.999999999999999999",
        "0.000000000000000001, 0.000000000000000001",
        "1000000e-24, 0.000000000000000001"
    })
    void readsAnyDecimalExactly(String text, String expected) {
        assertThat(quantity(text)).isEqualTo(expected);
        assertThat(quantity('"' + text + '"')).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"+5, 5", ".5, 0.5", "5., 5", "007, 7"})
    void readsDecimalsInStringsMoreFreely(String text, String expected) {
        assertThat(quantity('"' + text + '"')).isEqualTo(expected);
    }

    @Test
    void tenthsAddUpExactly() {
        BigDecimal sum = new BigDecimal(quantity("0.1")).add(new BigDecimal(quantity("\"0.2\"")));

        assertThat(sum).isEqualTo(new BigDecimal("0.3"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1e999999999",
                "1e2147483647",
                "1000e2147483647",
                "1e-2147483647",
                "1e-2147483648",
                "1e99999999999",
                "1e-99999999999",
                "1e-19",
                "100000000000000000000",
                "0.0000000000000000001",
                "-1",
                "-1e999999999",
                "-1e-999999999"
            })
    void refusesWhatIsOutOfRange(String text) {
        assertThat(reason(event("{\"tokens\": " + text + "}"), TOKENS)).isEqualTo(RejectReason.OUT_OF_RANGE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e999999999", "1000e999999999", "-1", "1e-999999999", "1e1234567890", "1e-99999999999"})
    void refusesStringsOutOfRange(String text) {
        assertThat(reason(event("{\"tokens\": \"" + text + "\"}"), TOKENS)).isEqualTo(RejectReason.OUT_OF_RANGE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"NaN\"",
                "\"Infinity\"",
                "\"\"",
                "\" 5\"",
                "\"5,0\"",
                "\"0x10\"",
                "\"1_000\"",
                "\"٣\"",
                "\".\"",
                "true",
                "[1]",
                "{\"a\": 1}"
            })
    void refusesWhatIsNoNumber(String json) {
        assertThat(reason(event("{\"tokens\": " + json + "}"), TOKENS)).isEqualTo(RejectReason.NOT_A_NUMBER);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"tokens\": null}", "null"})
    void refusesAMissingNumber(String data) {
        assertThat(reason(event(data), TOKENS)).isEqualTo(RejectReason.MISSING_ATTRIBUTE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"NaN", "Infinity", "-Infinity", "007", "+5", ".5", "5."})
    void refusesNumbersThatAreNotJson(String json) {
        assertThat(reason(event("{\"tokens\": " + json + "}"), TOKENS)).isEqualTo(RejectReason.UNREADABLE);
    }

    @ParameterizedTest
    @CsvSource({"-1, -1", "-0.50, -0.5", "-0, 0", "5, 5", "-99999999999999999999, -99999999999999999999"})
    void takesNegativeNumbersWhereTheMeterDoes(String text, String expected) {
        for (String json : List.of(text, '"' + text + '"')) {
            assertThat(measured(event("{\"tokens\": " + json + "}"), SIGNED)
                            .get(0)
                            .quantity()
                            .toPlainString())
                    .isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1e999999999", "-1e-999999999", "-100000000000000000000", "-1e-19"})
    void negativeNumbersHaveTheSameRange(String text) {
        assertThat(reason(event("{\"tokens\": " + text + "}"), SIGNED)).isEqualTo(RejectReason.OUT_OF_RANGE);
    }

    @Test
    void refusesAnEndlessStringOfDigits() {
        String digits = "9".repeat(1_000_000);

        assertThat(reason(event("{\"tokens\": " + digits + "}"), TOKENS)).isEqualTo(RejectReason.OUT_OF_RANGE);
        assertThat(reason(event("{\"tokens\": \"" + digits + "\"}"), TOKENS)).isEqualTo(RejectReason.NOT_A_NUMBER);
    }

    /** As plain text: no exponent, no trailing zeros. */
    private static String quantity(String json) {
        return measured(event("{\"tokens\": " + json + "}"), TOKENS)
                .get(0)
                .quantity()
                .toPlainString();
    }
}
