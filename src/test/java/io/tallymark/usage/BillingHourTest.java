package io.tallymark.usage;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BillingHourTest {
    @ParameterizedTest
    @CsvSource({
        "2026-03-01T12:00:00.000Z, 2026-03-01T12:00:00Z",
        "2026-03-01T12:59:59.999Z, 2026-03-01T12:00:00Z",
        "2026-03-01T13:00:00.000Z, 2026-03-01T13:00:00Z",
        "2026-03-29T01:30:00.000Z, 2026-03-29T01:00:00Z",
        "2026-10-25T00:59:59.999Z, 2026-10-25T00:00:00Z",
        "2028-02-29T23:59:59.999Z, 2028-02-29T23:00:00Z",
        "1969-12-31T23:59:59.999Z, 1969-12-31T23:00:00Z"
    })
    void containsTheInstantsFromItsStartToJustBeforeTheNext(Instant instant, Instant start) {
        assertThat(BillingHour.containing(instant).start()).isEqualTo(start);
    }

    @Test
    void oneHourEndsWhereTheNextBegins() {
        BillingHour hour = BillingHour.containing(Instant.parse("2026-03-29T00:30:00Z"));

        assertThat(hour.endMillis()).isEqualTo(new BillingHour(hour.epochHour() + 1).startMillis());
    }
}
