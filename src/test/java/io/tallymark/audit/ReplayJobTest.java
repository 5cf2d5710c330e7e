package io.tallymark.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.tallymark.topology.CountReplayed;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.util.OptionalFailure;
import org.junit.jupiter.api.Test;

/** Flink shuts the cluster of a replay down with its job, maybe before it hands the result on. */
class ReplayJobTest {
    @Test
    void askedForProgressWhenTheClusterIsGoneItWaitsForTheResult() throws Exception {
        List<Long> progress = new ArrayList<>();

        long records = new ReplayJob(new ClusterThatIsGone()).await(progress::add);

        assertThat(records).isEqualTo(42);
        assertThat(progress).containsExactly(0L);
    }

    @Test
    void cancelledWhenTheClusterIsGoneItIsClosed() {
        assertThatCode(() -> new ReplayJob(new ClusterThatIsGone()).close()).doesNotThrowAnyException();
    }

    /** As Flink's client of a cluster inside this process, whose job ends at the moment of the call. */
    private static final class ClusterThatIsGone implements JobClient {
        private final CompletableFuture<JobExecutionResult> result = new CompletableFuture<>();

        private IllegalStateException gone() {
            result.complete(new JobExecutionResult(
                    getJobID(), 1, Map.of(CountReplayed.RECORDS, OptionalFailure.of((Object) 42L))));
            return new IllegalStateException("MiniCluster is not yet running or has already been shut down.");
        }

        @Override
        public JobID getJobID() {
            return new JobID(0, 1);
        }

        @Override
        public CompletableFuture<JobStatus> getJobStatus() {
            throw gone();
        }

        @Override
        public CompletableFuture<Void> cancel() {
            throw gone();
        }

        @Override
        public CompletableFuture<String> stopWithSavepoint(
                boolean advanceToEndOfEventTime, String savepointDirectory, SavepointFormatType formatType) {
            throw gone();
        }

        @Override
        public CompletableFuture<String> triggerSavepoint(String savepointDirectory, SavepointFormatType formatType) {
            throw gone();
        }

        @Override
        public CompletableFuture<Map<String, Object>> getAccumulators() {
            throw gone();
        }

        @Override
        public CompletableFuture<JobExecutionResult> getJobExecutionResult() {
            return result;
        }
    }
}
