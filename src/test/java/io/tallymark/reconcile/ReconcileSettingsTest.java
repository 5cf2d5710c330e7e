package io.tallymark.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.usage.DatabaseAccess;
import io.tallymark.usage.SecretRef;
import io.tallymark.usage.UserError;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReconcileSettingsTest {
    private static final DatabaseAccess DATABASE =
            new DatabaseAccess("jdbc:postgresql:x", "x", SecretRef.none("postgres.password"));

    @Test
    void defaults() {
        assertThat(ReconcileSettings.withDefaults(DATABASE))
                .isEqualTo(new ReconcileSettings(DATABASE, true, 2, Duration.ofHours(1), Duration.ofMinutes(15)));
    }

    @Test
    void impossibleValuesAreAllNamed() {
        assertThatThrownBy(() -> new ReconcileSettings(DATABASE, true, 0, Duration.ofDays(3), Duration.ofMillis(-1)))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("reconcile.sweep-calls-per-second is 0: must be from 1 to 50")
                .hasMessageContaining("reconcile.summary-lag")
                .hasMessageContaining("reconcile.check-after");
    }
}
