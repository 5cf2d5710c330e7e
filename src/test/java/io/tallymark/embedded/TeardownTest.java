package io.tallymark.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TeardownTest {
    private final List<String> closed = new ArrayList<>();

    @Test
    void closesTheNewestFirstAndOnce() throws Exception {
        Teardown teardown = Teardown.atExit();
        open(teardown, "first");
        open(teardown, "second");

        teardown.close();
        teardown.close();

        assertThat(closed).containsExactly("second", "first");
    }

    @Test
    void goesOnPastAPartThatFailsToClose() throws Exception {
        try (Teardown teardown = Teardown.atExit()) {
            open(teardown, "first");
            teardown.<AutoCloseable>open(() -> () -> {
                throw new IllegalStateException("stuck");
            });
        }

        assertThat(closed).containsExactly("first");
    }

    @Test
    void opensNothingAfterTheEnd() {
        Teardown teardown = Teardown.atExit();
        teardown.close();

        assertThatIllegalStateException().isThrownBy(() -> open(teardown, "late"));
        assertThat(closed).isEmpty();
    }

    private void open(Teardown teardown, String name) throws Exception {
        teardown.<AutoCloseable>open(() -> () -> closed.add(name));
    }
}
