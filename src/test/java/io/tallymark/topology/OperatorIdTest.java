package io.tallymark.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class OperatorIdTest {
    /** Savepoints find their state by these. To add one, add it here; to rename one is to lose its state. */
    @Test
    void uidsAreFrozen() {
        assertThat(Arrays.stream(OperatorId.values()).map(OperatorId::uid))
                .containsExactly(
                        "read-usage-events",
                        "sort-out-rejects",
                        "write-dead-letters",
                        "drop-duplicates",
                        "bundle-reads",
                        "bundle-decisions",
                        "sum-intake",
                        "write-intake-table",
                        "write-progress",
                        "split-by-meter",
                        "add-up-locally",
                        "sum-hours",
                        "write-usage-table",
                        "tick-reports",
                        "claim-due-hours",
                        "send-to-stripe",
                        "record-outcomes",
                        "tick-sweep",
                        "sweep-reports",
                        "select-replayed",
                        "count-replayed",
                        "write-replay-table");
    }

    @Test
    void uidsAreVerbNounInKebabCase() {
        assertThat(Arrays.stream(OperatorId.values()).map(OperatorId::uid))
                .allMatch(uid -> uid.matches("[a-z]+(-[a-z]+)+"));
    }
}
