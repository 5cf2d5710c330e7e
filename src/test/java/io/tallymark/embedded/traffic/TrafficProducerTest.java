package io.tallymark.embedded.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class TrafficProducerTest {
    private final TruthKeeper truth = new TruthKeeper();
    private final AtomicLong progress = new AtomicLong();

    @Test
    void tellsTheTruthWhatWasAcknowledged() {
        MockProducer<byte[], byte[]> kafka = kafka(true);

        new TrafficProducer(kafka).send(SampleTraffic.standard(1, 100), Pace.unlimited(), truth, progress::set);

        assertThat(kafka.history()).hasSize(103);
        assertThat(truth.truth()).isEqualTo(SampleTraffic.truth(SampleTraffic.standard(1, 100)));
        assertThat(progress).hasValue(103);
    }

    @Test
    void sendsNoMoreWhenInterruptedAndKeepsTheFlag() {
        MockProducer<byte[], byte[]> kafka = kafka(true);
        Pace pace = new Pace(1, () -> 0, wait -> Thread.currentThread().interrupt());

        new TrafficProducer(kafka).send(SampleTraffic.standard(1, 100), pace, truth, progress::set);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(kafka.history()).hasSize(1);
        assertThat(truth.truth().counts().read()).isEqualTo(1);
    }

    @Test
    void failsWhenARecordIsNotAcknowledged() {
        MockProducer<byte[], byte[]> kafka = kafka(true);
        kafka.sendException = new KafkaException("disk full");

        assertThatThrownBy(() -> new TrafficProducer(kafka)
                        .send(SampleTraffic.standard(1, 100), Pace.unlimited(), truth, progress::set))
                .isInstanceOf(KafkaException.class);
        assertThat(truth.truth().counts().read()).isZero();
    }

    private static MockProducer<byte[], byte[]> kafka(boolean acknowledging) {
        return new MockProducer<>(
                acknowledging, new RoundRobinPartitioner(), new ByteArraySerializer(), new ByteArraySerializer());
    }
}
