package io.tallymark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.usage.UserError;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import org.apache.flink.client.deployment.application.ApplicationConfiguration;
import org.apache.flink.client.program.ProgramParametrizationException;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.HighAvailabilityOptions;
import org.junit.jupiter.api.Test;

class StartAttemptsTest {
    private final UserError away = new UserError("postgres.url: cannot use it", "start it");

    @Test
    void jobManagerThatMayFollowAnotherTriesUntilItsSurroundingsAreThere() throws Exception {
        Iterator<Boolean> isThere = List.of(false, false, true).iterator();

        String name = new StartAttempts(true, Duration.ZERO).first(() -> {
            if (!isThere.next()) {
                throw away;
            }
            return "tallymark";
        });

        assertThat(name).isEqualTo("tallymark");
    }

    @Test
    void othersSayWhatIsWrongAtOnce() {
        assertThatThrownBy(() -> new StartAttempts(false, Duration.ZERO).first(() -> {
                    throw away;
                }))
                .isInstanceOf(ProgramParametrizationException.class)
                .hasMessageContaining("postgres.url: cannot use it\nTo mend it: start it");
    }

    @Test
    void faultOfTheProgramIsNoReasonToWait() {
        assertThatThrownBy(() -> new StartAttempts(true, Duration.ZERO).first(() -> {
                    throw new IllegalStateException("a bug");
                }))
                .hasMessage("a bug");
    }

    @Test
    void onlyAHighlyAvailableApplicationMayHaveAJobToFollow() {
        Configuration none = new Configuration();
        Configuration session = new Configuration();
        session.set(HighAvailabilityOptions.HA_MODE, "kubernetes");
        Configuration application = new Configuration();
        application.set(ApplicationConfiguration.APPLICATION_MAIN_CLASS, TallymarkJob.class.getName());
        Configuration both = new Configuration(session);
        both.addAll(application);

        assertThat(StartAttempts.under(none).patient()).isFalse();
        assertThat(StartAttempts.under(session).patient()).isFalse();
        assertThat(StartAttempts.under(application).patient()).isFalse();
        assertThat(StartAttempts.under(both).patient()).isTrue();
    }
}
