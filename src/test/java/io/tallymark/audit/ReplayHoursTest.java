package io.tallymark.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.usage.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplayHoursTest {
    @Test
    void namesTheFirstHourAndTheOneAfterTheLast() {
        ReplayHours hours = ReplayHours.parse("2026-03-01T13:00Z", "2026-03-02");

        assertThat(hours.first()).hasToString("2026-03-01T13:00:00Z");
        assertThat(hours.end()).hasToString("2026-03-02T00:00:00Z");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-03-01T13:00Z",
                "2026-03-01T13:00:00Z",
                "2026-03-01T13:00:00.000Z",
                "2026-03-01T15:00:00+02:00",
                "2026-03-01T18:30+05:30"
            })
    void readsOneHourInManyForms(String text) {
        assertThat(ReplayHours.parse(text, "2026-03-02").first()).hasToString("2026-03-01T13:00:00Z");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"2026-03-01T13:30Z", "2026-03-01T13:00:01Z", "2026-03-01T13:00:00.001Z", "2026-03-01T13:00+05:30"
            })
    void refusesWhatIsNotOnTheHour(String text) {
        assertThatThrownBy(() -> ReplayHours.parse(text, "2026-03-02"))
                .isInstanceOf(UserError.class)
                .hasMessage("--from " + text + " is not on the hour");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "yesterday", "2026-02-30", "2026-03-01T13:00", "2026-03-01T25:00Z", "1772370000"})
    void refusesWhatIsNoTimeWithAZone(String text) {
        assertThatThrownBy(() -> ReplayHours.parse("2026-01-01", text))
                .isInstanceOf(UserError.class)
                .hasMessage("--to " + text + " is no time with a zone");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2026-03-01", "2026-02-28T23:00Z"})
    void refusesAnEndThatIsNotAfterTheBegin(String to) {
        assertThatThrownBy(() -> ReplayHours.parse("2026-03-01", to))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("is not before --to");
    }
}
