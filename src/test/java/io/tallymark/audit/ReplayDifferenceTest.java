package io.tallymark.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.audit.ReplayDifference.Total;
import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReplayDifferenceTest {
    private static final Total TOTAL = new Total(new BigDecimal("12.0"), 3, "aa", 0);

    @Test
    void namesWhatDiffersAndNothingElse() {
        assertThat(difference("acme", new Total(new BigDecimal("13"), 3, "bb", 0), TOTAL)
                        .line())
                .isEqualTo("tokens acme {} 2026-03-01T12:00:00Z: quantity 13 in the table, 12.0 by the topic;"
                        + " digest bb in the table, aa by the topic");
    }

    @Test
    void numbersThatAreEqualDoNotDiffer() {
        assertThat(difference("acme", new Total(new BigDecimal("12"), 4, "aa", 1), TOTAL)
                        .line())
                .endsWith(": events 4 in the table, 3 by the topic; withdrawn 1 in the table, 0 by the topic");
    }

    @Test
    void saysOnWhichSideTheRowIsMissing() {
        assertThat(difference("acme", null, TOTAL).line())
                .endsWith(": missing in the table; the topic has quantity 12.0 of 3 events");
        assertThat(difference("acme", TOTAL, null).line())
                .endsWith(": the table has quantity 12.0 of 3 events; the topic has none");
    }

    @Test
    void rowThatNobodyClosedIsNamedAsSuch() {
        assertThat(open(TOTAL, TOTAL).line()).endsWith("T12:00:00Z: open although its hour is over");
        assertThat(open(TOTAL, null).line()).endsWith("; the topic has none; open although its hour is over");
    }

    @Test
    void customersTextStaysOnItsLine() {
        assertThat(difference("a\n\u001b[2Jb\u2028新", null, TOTAL).line())
                .startsWith("tokens a\\u{a}\\u{1b}[2Jb\\u{2028}新 {}");
    }

    private static ReplayDifference open(Total table, @Nullable Total topic) {
        return new ReplayDifference("tokens", "acme", "{}", Instant.parse("2026-03-01T12:00:00Z"), table, topic, true);
    }

    private static ReplayDifference difference(String customer, @Nullable Total table, @Nullable Total topic) {
        return new ReplayDifference(
                "tokens", customer, "{}", Instant.parse("2026-03-01T12:00:00Z"), table, topic, false);
    }
}
