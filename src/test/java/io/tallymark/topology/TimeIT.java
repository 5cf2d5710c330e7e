package io.tallymark.topology;

import static io.tallymark.topology.MeteringBench.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.topology.MeteringBench.Job;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.apache.flink.core.execution.JobClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** When an hour closes and which hour an event belongs to, read from the table. */
class TimeIT {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final int FILLER = 1_000_000;
    private static final Duration AFTER_THE_RESTART = Duration.ofSeconds(30);

    private static MeteringBench bench;

    @BeforeAll
    static void start() throws Exception {
        bench = new MeteringBench();
    }

    @AfterEach
    void leaveNoJobBehind() throws Exception {
        bench.cancelJobs();
    }

    @AfterAll
    static void stop() {
        bench.close();
    }

    @Test
    void lastHourClosesWithoutFurtherTrafficAlthoughOnePartitionIsQuietAndOneEmpty() throws Exception {
        bench.createTopic("quiet", 3, "LogAppendTime");
        Instant hour = Instant.now().truncatedTo(ChronoUnit.HOURS).minus(1, ChronoUnit.HOURS);
        bench.send("quiet", 1, null, "quiet", "a", hour.plusSeconds(1).toString());
        bench.startAfresh(realClock("quiet", hour, SOON));
        bench.send("quiet", 0, null, "quiet", "b", hour.plusSeconds(2).toString());

        eventually().untilAsserted(() -> assertThat(bench.hours("quiet")).containsExactly(hour + " 2 closed"));
    }

    @Test
    void lastHourClosesAfterARestartWithoutAnyTraffic() throws Exception {
        bench.createTopic("restarted", 3, "LogAppendTime");
        Instant hour = Instant.now().truncatedTo(ChronoUnit.HOURS).minus(1, ChronoUnit.HOURS);
        bench.send("restarted", 0, null, "restarted", "a", hour.plusSeconds(1).toString());
        Job settings = realClock("restarted", hour, AFTER_THE_RESTART);
        JobClient job = bench.startAfresh(settings);
        eventually().untilAsserted(() -> assertThat(bench.hours("restarted")).containsExactly(hour + " 1 open"));
        String savepoint = bench.stopWithSavepoint(job);
        assertThat(bench.hours("restarted")).containsExactly(hour + " 1 open");

        bench.start(settings, savepoint);
        eventually().untilAsserted(() -> assertThat(bench.hours("restarted")).containsExactly(hour + " 1 closed"));
    }

    @Test
    void rowDoesNotGoDownWhileAJobWithoutStateReadsItsEventsAgain() throws Exception {
        bench.createTopic("again", 2, "LogAppendTime");
        Instant hour = Instant.now().truncatedTo(ChronoUnit.HOURS).minus(1, ChronoUnit.HOURS);
        bench.send("again", 0, null, "again", "on-time", hour.plusSeconds(1).toString());
        Job settings = realClock("again", hour, SOON);
        bench.startAfresh(settings);
        eventually().untilAsserted(() -> assertThat(bench.hours("again")).containsExactly(hour + " 1 closed"));
        // So much that the hour closes again, in another batch of the table, long before the late event is read again.
        bench.sendFiller("again", FILLER);
        bench.send("again", 0, null, "again", "late", hour.plusSeconds(2).toString());
        eventually().untilAsserted(() -> assertThat(bench.hours("again")).containsExactly(hour + " 2 closed"));
        bench.cancelJobs();

        long former = bench.lastWriter("again");
        bench.start(settings, null);
        eventually().pollInterval(Duration.ofMillis(10)).until(() -> {
            assertThat(bench.hours("again")).containsExactly(hour + " 2 closed");
            return bench.lastWriter("again") > former;
        });
    }

    @Test
    void eventTimeChoosesTheHourAndAppendTimeClosesIt() throws Exception {
        bench.createTopic("hours", 1, "CreateTime");
        bench.startAfresh(new Job("hours", false, "close-delay: 1s, quiet-partition: 1s, max-lateness: 2h"));
        send("first", NOON.plusSeconds(600), "2026-03-01T12:05:00Z");
        send("last-moment", NOON.plusSeconds(3500), "2026-03-01T12:59:59.999Z");
        send("future", NOON.plusSeconds(3500), "2026-03-01T13:00:00.000Z");
        send("far-future", NOON.plusSeconds(3500), "2026-04-01T00:00:00Z");
        eventually()
                .untilAsserted(() -> assertThat(bench.hours("hours"))
                        .containsExactly("2026-03-01T12:00:00Z 2 open", "2026-03-01T13:00:00Z 1 open"));

        send("closer", NOON.plusSeconds(3602), "2026-03-01T13:00:02Z");
        eventually()
                .untilAsserted(() -> assertThat(bench.hours("hours"))
                        .containsExactly("2026-03-01T12:00:00Z 2 closed", "2026-03-01T13:00:00Z 2 open"));

        Instant twoHoursLater = NOON.plusSeconds(600).plus(Duration.ofHours(2));
        send("too-late", twoHoursLater, "2026-03-01T12:09:59.999Z");
        send("just-in-time", twoHoursLater, "2026-03-01T12:10:00Z");
        eventually()
                .untilAsserted(() -> assertThat(bench.hours("hours"))
                        .containsExactly("2026-03-01T12:00:00Z 3 closed", "2026-03-01T13:00:00Z 2 closed"));
        eventually()
                .untilAsserted(() ->
                        assertThat(bench.deadLetters("hours")).isEqualTo(Map.of("IN_FUTURE", 1L, "TOO_LATE", 1L)));
    }

    @Test
    void daylightSavingAndLeapDaysDoNothing() throws Exception {
        bench.createTopic("calendar", 1, "CreateTime");
        bench.startAfresh(new Job("calendar", false, "close-delay: 1s, quiet-partition: 1s, max-lateness: 2h"));
        sendAt("calendar", "2026-03-29T01:59:59.999+01:00");
        sendAt("calendar", "2026-03-29T03:00:00+02:00");
        sendAt("calendar", "2026-10-25T02:30:00+02:00");
        sendAt("calendar", "2026-10-25T02:30:00+01:00");
        sendAt("calendar", "2028-02-28T23:59:59.999Z");
        sendAt("calendar", "2028-02-29T23:59:59.999Z");
        sendAt("calendar", "2028-03-01T00:00:00Z");

        eventually()
                .untilAsserted(() -> assertThat(bench.hours("calendar"))
                        .containsExactly(
                                "2026-03-29T00:00:00Z 1 closed",
                                "2026-03-29T01:00:00Z 1 closed",
                                "2026-10-25T00:00:00Z 1 closed",
                                "2026-10-25T01:00:00Z 1 closed",
                                "2028-02-28T23:00:00Z 1 closed",
                                "2028-02-29T23:00:00Z 1 open",
                                "2028-03-01T00:00:00Z 1 open"));
    }

    /** The hour before the running one closes when this time has passed from now; no record that was stored by then is new enough. */
    private static Job realClock(String topic, Instant hour, Duration fromNow) {
        Instant closes = Instant.now().plus(fromNow);
        long delaySeconds =
                Duration.between(hour.plus(1, ChronoUnit.HOURS), closes).toSeconds();
        return new Job(topic, true, "close-delay: " + delaySeconds + "s, quiet-partition: 1s, max-lateness: 1d");
    }

    private static void send(String id, Instant append, String time) throws Exception {
        bench.send("hours", 0, append, "hours", id, time);
    }

    private static void sendAt(String topic, String time) throws Exception {
        Instant append = OffsetDateTime.parse(time).toInstant();
        bench.send(topic, 0, append, topic, time, time);
    }
}
