package io.tallymark.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every cell of the rule. */
class DecisionTest {
    @ParameterizedTest(name = "an event of the {1} content while {0}: {2}")
    @CsvSource({
        "UNKNOWN,      other, COUNT",
        "VOID_WAITING, same,  COUNT",
        "VOID_WAITING, other, COUNT",
        "COUNTED,      same,  DUPLICATE",
        "COUNTED,      other, CONFLICT",
        "WITHDRAWN,    same,  DUPLICATE",
        "WITHDRAWN,    other, CONFLICT"
    })
    void event(Standing standing, String content, Decision expected) {
        assertThat(Decision.onEvent(standing, content.equals("same"))).isEqualTo(expected);
    }

    @ParameterizedTest(name = "a {1} void of the {2} content, {3}, while {0}: {4}")
    @CsvSource({
        "UNKNOWN,      new,      other, in time,  AWAIT_EVENT",
        "UNKNOWN,      new,      other, too late, AWAIT_EVENT",
        "VOID_WAITING, new,      same,  in time,  AWAIT_EVENT",
        "VOID_WAITING, new,      other, in time,  AWAIT_EVENT",
        "VOID_WAITING, repeated, same,  in time,  DUPLICATE",
        "VOID_WAITING, repeated, other, in time,  DUPLICATE",
        "VOID_WAITING, repeated, other, too late, DUPLICATE",
        "COUNTED,      new,      same,  in time,  WITHDRAW",
        "COUNTED,      new,      same,  too late, REFUSE_LATE",
        "COUNTED,      new,      other, in time,  REFUSE",
        "COUNTED,      new,      other, too late, REFUSE",
        "COUNTED,      repeated, same,  too late, DUPLICATE",
        "COUNTED,      repeated, other, in time,  DUPLICATE",
        "WITHDRAWN,    new,      same,  in time,  DUPLICATE",
        "WITHDRAWN,    new,      same,  too late, DUPLICATE",
        "WITHDRAWN,    new,      other, in time,  REFUSE",
        "WITHDRAWN,    new,      other, too late, REFUSE",
        "WITHDRAWN,    repeated, other, in time,  DUPLICATE"
    })
    void aVoid(Standing standing, String novelty, String content, String time, Decision expected) {
        assertThat(Decision.onVoid(
                        standing, novelty.equals("repeated"), content.equals("same"), time.equals("in time")))
                .isEqualTo(expected);
    }
}
