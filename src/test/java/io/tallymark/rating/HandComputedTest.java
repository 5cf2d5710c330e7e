package io.tallymark.rating;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/** Amounts computed by hand, or taken from invoices of Stripe; each case names its source or its reasoning. */
class HandComputedTest {
    @ParameterizedTest(name = "{0}, {1} units: {3}; {4}")
    @CsvFileSource(
            resources = "/rating/cases.csv",
            delimiter = '|',
            useHeadersInDisplayName = false,
            numLinesToSkip = 1,
            quoteCharacter = '`')
    void costs(String pricing, BigDecimal usage, String lines, BigInteger total, String source) {
        Rated rated = PricingText.parse(pricing).rate(usage);

        assertThat(rated.lines().stream().map(RatedLine::amount)).as(source).containsExactlyElementsOf(amounts(lines));
        assertThat(rated.amount()).as(source).isEqualTo(total);
    }

    private static Iterable<BigInteger> amounts(String lines) {
        return Arrays.stream(lines.split(" ")).map(BigInteger::new).toList();
    }
}
