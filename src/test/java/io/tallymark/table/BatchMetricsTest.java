package io.tallymark.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.metrics.groups.OperatorIOMetricGroup;
import org.apache.flink.metrics.groups.SinkWriterMetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.junit.jupiter.api.Test;

class BatchMetricsTest {
    private final Map<String, Gauge<?>> gauges = new HashMap<>();
    private final SinkWriterMetricGroup group = new Registry();
    private final AtomicLong nanos = new AtomicLong();
    private final BatchMetrics metrics = new BatchMetrics(group, nanos::get);

    @Test
    void batchAgesUntilItIsWrittenRetriesIncluded() {
        assertThat(gauge("oldestBatchMillis")).isEqualTo(0L);

        metrics.began();
        advanceMillis(300);
        metrics.failed(5);
        advanceMillis(700);
        assertThat(gauge("oldestBatchMillis")).isEqualTo(1_000L);
        assertThat(group.getNumRecordsSendErrorsCounter().getCount()).isEqualTo(5);

        metrics.succeeded(5);
        metrics.ended();
        advanceMillis(50);
        assertThat(gauge("oldestBatchMillis")).isEqualTo(0L);
        assertThat(gauge("currentSendTime")).isEqualTo(1_000L);
        assertThat(group.getNumRecordsSendCounter().getCount()).isEqualTo(5);
    }

    @Test
    void showsHowManyBatchesWait() {
        metrics.waiting(() -> 3);

        assertThat(gauge("waitingBatches")).isEqualTo(3);
    }

    private Object gauge(String name) {
        return Objects.requireNonNull(gauges.get(name), name).getValue();
    }

    private void advanceMillis(long millis) {
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    /** Keeps the gauges and counts. */
    private final class Registry extends UnregisteredMetricsGroup implements SinkWriterMetricGroup {
        private final Counter sent = new SimpleCounter();
        private final Counter failed = new SimpleCounter();

        @Override
        public <T, G extends Gauge<T>> G gauge(String name, G gauge) {
            gauges.put(name, gauge);
            return gauge;
        }

        @Override
        public void setCurrentSendTimeGauge(Gauge<Long> gauge) {
            gauge("currentSendTime", gauge);
        }

        @Override
        public Counter getNumRecordsSendCounter() {
            return sent;
        }

        @Override
        public Counter getNumRecordsSendErrorsCounter() {
            return failed;
        }

        @Override
        public Counter getNumRecordsOutErrorsCounter() {
            return failed;
        }

        @Override
        public Counter getNumBytesSendCounter() {
            return new SimpleCounter();
        }

        @Override
        public OperatorIOMetricGroup getIOMetricGroup() {
            return UnregisteredMetricsGroup.createOperatorIOMetricGroup();
        }
    }
}
