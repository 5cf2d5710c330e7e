package io.tallymark.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutageTest {
    @ParameterizedTest(name = "{0} ({2}) passes: {1}")
    @CsvSource({
        "08001, true, connection refused",
        "08006, true, connection lost",
        "40P01, true, deadlock",
        "53300, true, too many connections",
        "57P01, true, shut down by an administrator",
        "57P03, true, starting up",
        "57014, true, statement timeout",
        "58030, true, disk error",
        "55P03, true, lock timeout",
        "25006, true, read-only after a failover",
        "28P01, false, wrong password",
        "3D000, false, no such database",
        "42P01, false, no such table",
        "42501, false, no right to",
        "23505, false, unique key violated",
        "P0001, false, refused by a trigger",
    })
    void isToldFromAMistakeByItsState(String state, boolean passes, String meaning) {
        assertThat(Outage.passes(new SQLException(meaning, state))).isEqualTo(passes);
    }

    @Test
    void poolThatRunsDryIsAnOutage() {
        assertThat(Outage.passes(new SQLTransientConnectionException("timed out after 3000 ms")))
                .isTrue();
    }

    @Test
    void mistakeIsRethrown() {
        SQLException mistake = new SQLException("no such table", "42P01");
        Outage outage = new Outage("Reporting", "testing");

        assertThatThrownBy(() -> outage.failed(mistake)).isSameAs(mistake);
        assertThatCode(() -> outage.failed(new SQLException("refused", "08001")))
                .doesNotThrowAnyException();
    }
}
