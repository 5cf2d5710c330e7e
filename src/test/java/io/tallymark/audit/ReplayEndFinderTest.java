package io.tallymark.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.audit.ReplayDatabase.Progress;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** When it is of no use to wait any longer for metering. */
class ReplayEndFinderTest {
    private static final Instant BEGAN = Instant.parse("2026-03-01T12:00:00Z");

    @Test
    void waitsWhileMeteringReads() {
        assertThat(isFinal(20, 15L, 15L)).isFalse();
    }

    @Test
    void waitsUntilACheckpointCanHaveSeenWhatWasThere() {
        assertThat(isFinal(4, 4L, -60L)).isFalse();
    }

    @Test
    void endsWhenMeteringFoundNothingMoreToRead() {
        assertThat(isFinal(7, 6L, -60L)).isTrue();
    }

    @Test
    void endsWhenMeteringShowsNoSignOfLife() {
        assertThat(isFinal(0, -181L, -181L)).isTrue();
        assertThat(isFinal(0, null, null)).isTrue();
    }

    @Test
    void endsWhenMeteringIsTooSlow() {
        assertThat(isFinal(120, 115L, 115L)).isFalse();
        assertThat(isFinal(121, 115L, 115L)).isTrue();
    }

    /** All in seconds after the begin. */
    private static boolean isFinal(long now, @Nullable Long written, @Nullable Long moved) {
        return ReplayEndFinder.isFinal(
                BEGAN, new Progress(BEGAN.plusSeconds(now), Map.of(0, 1L), after(written), after(moved), null));
    }

    private static @Nullable Instant after(@Nullable Long seconds) {
        return seconds == null ? null : BEGAN.plusSeconds(seconds);
    }
}
