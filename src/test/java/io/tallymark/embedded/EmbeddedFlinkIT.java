package io.tallymark.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedFlinkIT {
    private static final AtomicLong SEEN = new AtomicLong();

    @TempDir
    private Path directory;

    @Test
    void runsAJobThroughTheLossOfATaskManager() throws Exception {
        try (EmbeddedFlink flink = start()) {
            JobID job = submitEndlessJob(flink);
            eventually().until(() -> SEEN.get() > 0);

            flink.terminateTaskManager(0);
            flink.startTaskManager();
            eventually().until(() -> flink.status(job) == JobStatus.RUNNING);
            long before = SEEN.get();
            eventually().until(() -> SEEN.get() > before);

            flink.cancel(job);
            eventually().until(() -> flink.status(job) == JobStatus.CANCELED);
        }
    }

    @Test
    void answersOnItsDashboard() throws Exception {
        try (EmbeddedFlink flink = start()) {
            assertThat(flink.webUi().getHost()).isEqualTo(ListenPort.LOOPBACK);
            // While the cluster elects its leader, the dashboard says that.
            await().untilAsserted(
                            () -> assertThat(get(flink.webUi().resolve("/"))).contains("Apache Flink Web Dashboard"));
            assertThat(get(flink.webUi().resolve("/config"))).contains("\"flink-version\":\"2.3.0\"");
        }
    }

    private EmbeddedFlink start() throws Exception {
        return EmbeddedFlink.start(directory, ListenPort.free(), new EmbeddedFlink.Size(1, 1), new Configuration());
    }

    private static JobID submitEndlessJob(EmbeddedFlink flink) throws Exception {
        StreamExecutionEnvironment environment = flink.environment();
        environment.setParallelism(1);
        DataGeneratorSource<Long> numbers = new DataGeneratorSource<>(
                number -> number, Long.MAX_VALUE, RateLimiterStrategy.perSecond(100), Types.LONG);
        environment
                .fromSource(numbers, WatermarkStrategy.noWatermarks(), "numbers")
                .map(number -> SEEN.incrementAndGet())
                .returns(Types.LONG)
                .sinkTo(new DiscardingSink<>());
        return environment.executeAsync("endless").getJobID();
    }

    private static String get(URI uri) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                .body();
    }

    private static ConditionFactory eventually() {
        return Awaitility.await().atMost(Duration.ofSeconds(60));
    }
}
