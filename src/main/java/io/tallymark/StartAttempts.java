package io.tallymark;

import io.tallymark.usage.UserError;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.flink.client.deployment.application.ApplicationConfiguration;
import org.apache.flink.client.program.ProgramParametrizationException;
import org.apache.flink.configuration.HighAvailabilityOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How often a job is tried to be started. With high availability in application mode a JobManager that takes another's place runs the
 * program again, and a program that fails there ends the application: Flink then forgets which checkpoint the job stood at. So such a
 * program does not fail while the database or Kafka is away, or the configuration is wrong, but tries again until that is mended.
 *
 * @param patient whether there may be a job to follow
 * @param pause between two attempts
 */
record StartAttempts(boolean patient, Duration pause) {
    private static final Logger LOG = LoggerFactory.getLogger(StartAttempts.class);
    private static final Duration PAUSE = Duration.ofSeconds(30);
    private static final String NO_HIGH_AVAILABILITY = "NONE";

    /** Of a program that runs under this configuration of Flink. */
    static StartAttempts under(ReadableConfig flink) {
        boolean highlyAvailable = !flink.get(HighAvailabilityOptions.HA_MODE).equalsIgnoreCase(NO_HIGH_AVAILABILITY);
        // Only application mode has a main class: a session's JobManager runs the programs of others, too, and must not
        // wait.
        boolean application = flink.getOptional(ApplicationConfiguration.APPLICATION_MAIN_CLASS)
                .isPresent();
        return new StartAttempts(highlyAvailable && application, PAUSE);
    }

    /**
     * Does it, again and again if need be.
     *
     * @throws ProgramParametrizationException for a user's error, where nothing can be lost by it: Flink's client prints this kind as one
     *     line, without a stack trace
     */
    <T> T first(Callable<T> attempt) throws Exception {
        while (true) {
            try {
                return attempt.call();
            } catch (UserError e) {
                if (!patient) {
                    throw new ProgramParametrizationException(e.getMessage() + "\nTo mend it: " + e.remedy());
                }
                LOG.error(
                        "The job is not started, and tried again in {} s: {}. To mend it: {}",
                        pause.toSeconds(),
                        e.getMessage(),
                        e.remedy());
                // Nobody counts down: it is a pause that the end of the JobManager ends.
                boolean unused = new CountDownLatch(1).await(pause.toMillis(), TimeUnit.MILLISECONDS);
            }
        }
    }
}
