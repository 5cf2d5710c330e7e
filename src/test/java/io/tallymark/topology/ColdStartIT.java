package io.tallymark.topology;

import static io.tallymark.topology.MeteringBench.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.topology.MeteringBench.Job;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.JobClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Jobs that cannot go on where another one stopped: over a truncated topic, another topic, lost records. */
class ColdStartIT {
    private static final Instant TEN = Instant.parse("2026-03-01T10:00:00Z");
    private static final Duration TWENTY_MINUTES = Duration.ofMinutes(20);
    private static final int PER_HOUR = 3;
    private static final String METERING = "close-delay: 1s, quiet-partition: 1s, max-lateness: 1d";

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
    void hoursSeenInPartAreLeftAsTheyStandAndAreNamed() throws Exception {
        Job job = job("truncated", 2);
        bench.startAfresh(job);
        sendHours(job.topic(), 4);
        close(job.topic(), TEN.plus(Duration.ofHours(5)), 1);
        eventually()
                .untilAsserted(() -> assertThat(bench.hours(job.topic()))
                        .containsExactly(
                                "2026-03-01T10:00:00Z 6 closed",
                                "2026-03-01T11:00:00Z 6 closed",
                                "2026-03-01T12:00:00Z 6 closed",
                                "2026-03-01T13:00:00Z 6 closed"));
        bench.cancelJobs();

        // Partition 0 now begins in the middle of hour 11, partition 1 in the middle of hour 12.
        bench.deleteBefore(job.topic(), 0, PER_HOUR + 2);
        bench.deleteBefore(job.topic(), 1, 2 * PER_HOUR + 1);
        JobClient second = bench.start(job, null);
        Instant late = TEN.plus(Duration.ofHours(5)).plusSeconds(1);
        bench.send(job.topic(), 0, late, job.topic(), "late-9", "2026-03-01T09:30:00Z");
        bench.send(job.topic(), 0, late, job.topic(), "late-11", "2026-03-01T11:15:00Z");
        bench.send(job.topic(), 1, late, job.topic(), "late-12", "2026-03-01T12:59:59.999Z");
        bench.send(job.topic(), 1, late, job.topic(), "late-13", "2026-03-01T13:00:00Z");
        bench.send(job.topic(), 0, late, job.topic(), "1-13-0", "2026-03-01T13:00:00Z");
        close(job.topic(), TEN.plus(Duration.ofHours(7)), 2);

        eventually()
                .untilAsserted(() -> assertThat(bench.hours(job.topic()))
                        .containsExactly(
                                "2026-03-01T10:00:00Z 6 closed",
                                "2026-03-01T11:00:00Z 6 closed",
                                "2026-03-01T12:00:00Z 6 closed",
                                "2026-03-01T13:00:00Z 7 closed"));
        // Of hour 12 all three of partition 0, the last two of partition 1 and the late one.
        eventually()
                .untilAsserted(() -> assertThat(bench.uncovered(job.topic()))
                        .isEqualTo(Map.of(
                                "2026-03-01T09:00:00Z", 1L, "2026-03-01T11:00:00Z", 2L, "2026-03-01T12:00:00Z", 6L)));
        String savepoint = bench.stopWithSavepoint(second);

        // The state knows what was covered, also when the topic's beginning has moved on.
        bench.deleteBefore(job.topic(), 0, PER_HOUR * 4);
        bench.start(job, savepoint);
        Instant later = TEN.plus(Duration.ofHours(7)).plusSeconds(2);
        bench.send(job.topic(), 0, later, job.topic(), "later-12", "2026-03-01T12:30:00Z");
        bench.send(job.topic(), 0, later, job.topic(), "later-13", "2026-03-01T13:30:00Z");
        close(job.topic(), TEN.plus(Duration.ofHours(8)), 3);
        eventually()
                .untilAsserted(() -> assertThat(bench.hours(job.topic()))
                        .containsExactly(
                                "2026-03-01T10:00:00Z 6 closed",
                                "2026-03-01T11:00:00Z 6 closed",
                                "2026-03-01T12:00:00Z 6 closed",
                                "2026-03-01T13:00:00Z 8 closed"));
    }

    @Test
    void recordsThatWereDeletedUnreadEndTheJob() throws Exception {
        Job job = job("deleted", 2);
        String savepoint = stopped(job);
        sendHours(job.topic(), 1);
        bench.deleteBefore(job.topic(), 1, PER_HOUR + 1);

        requireRefusal(
                bench.start(job, savepoint),
                "records of deleted-1 were deleted before they were read: the job continues at offset 3, the partition now"
                        + " begins at 4");
    }

    @Test
    void stateOfAnotherTopicEndsTheJob() throws Exception {
        String savepoint = stopped(job("left", 2));

        requireRefusal(
                bench.start(job("right", 2), savepoint),
                "the job's state is of the topic left, but kafka.topic is right");
    }

    @Test
    void topicThatWasCreatedAgainEndsTheJobAndItsFirstHoursAreNotCovered() throws Exception {
        Job job = job("again", 2);
        String savepoint = stopped(job);
        bench.deleteTopic(job.topic());
        bench.createTopic(job.topic(), 1, "CreateTime");
        bench.send(job.topic(), 0, TEN.plusSeconds(3_660), job.topic(), "other", "2026-03-01T10:59:00Z");

        requireRefusal(bench.start(job, savepoint), "the topic again was deleted and created again");

        List<String> before = bench.hours(job.topic());
        bench.start(job, null);
        eventually().until(() -> bench.uncovered(job.topic()).containsKey("2026-03-01T10:00:00Z"));
        assertThat(bench.hours(job.topic())).isEqualTo(before);
    }

    /** A job that has read an hour of its topic; its savepoint. */
    private static String stopped(Job job) throws Exception {
        JobClient client = bench.startAfresh(job);
        sendHours(job.topic(), 1);
        eventually().until(() -> bench.hours(job.topic()).equals(List.of("2026-03-01T10:00:00Z 6 open")));
        return bench.stopWithSavepoint(client);
    }

    private static void requireRefusal(JobClient job, String problem) throws Exception {
        assertThatThrownBy(() -> job.getJobExecutionResult().get(90, TimeUnit.SECONDS))
                .hasStackTraceContaining(problem)
                .hasStackTraceContaining("To mend it: ")
                .hasStackTraceContaining("start the job without state");
        assertThat(job.getJobStatus().get()).isEqualTo(JobStatus.FAILED);
    }

    private static Job job(String topic, int partitions) {
        bench.createTopic(topic, partitions, "CreateTime");
        return new Job(topic, false, METERING);
    }

    /** Three events an hour in both partitions, each stored in its own moment; the topic is the customer's name as well. */
    private static void sendHours(String topic, int hours) throws Exception {
        for (int partition = 0; partition < 2; partition++) {
            for (int i = 0; i < hours * PER_HOUR; i++) {
                Instant time = TEN.plus(TWENTY_MINUTES.multipliedBy(i));
                String id = partition + "-" + (10 + i / PER_HOUR) + "-" + i % PER_HOUR;
                bench.send(topic, partition, time, topic, id, time.toString());
            }
        }
    }

    /** Moves the time of both partitions on. */
    private static void close(String topic, Instant append, int number) throws Exception {
        for (int partition = 0; partition < 2; partition++) {
            bench.send(topic, partition, append, "closer", "close-" + number + "-" + partition, append.toString());
        }
    }
}
