package io.tallymark.soak;

import io.tallymark.chaos.ChaosTraffic;
import io.tallymark.chaos.SpedUpTime;
import io.tallymark.embedded.traffic.Expectation;
import io.tallymark.embedded.traffic.Pace;
import io.tallymark.embedded.traffic.Traffic;
import io.tallymark.embedded.traffic.TrafficMix;
import io.tallymark.embedded.traffic.TrafficProducer;
import io.tallymark.embedded.traffic.TrafficRecord;
import io.tallymark.embedded.traffic.TrafficSettings;
import io.tallymark.embedded.traffic.Truth;
import io.tallymark.embedded.traffic.TruthKeeper;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Seeded traffic without end at a steady rate, whose hours are short; knows what must be counted of what the broker has acknowledged. */
final class SoakTraffic implements AutoCloseable {
    /** Few late ones and voids: each revises an hour of its own, so at this speed the reports would be nothing else. */
    private static final TrafficMix MIX = new TrafficMix(300, 30, 3, 0, 3, 3, 3, 5, 10);

    private static final int CUSTOMERS = 20;
    private static final Duration CLOSES_ALL = Duration.ofHours(2);
    private static final long ACKNOWLEDGED_WITHIN_SECONDS = 120;

    private final SoakPlan plan;
    private final SpedUpTime time;
    private final Iterator<TrafficRecord> traffic;
    private final TrafficProducer producer;
    private final TruthKeeper truth = new TruthKeeper();
    private final AtomicLong stored = new AtomicLong();
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private volatile boolean flowing;

    /** Its time begins to run now. */
    SoakTraffic(String bootstrapServers, SoakPlan plan) {
        this.plan = plan;
        this.time = new SpedUpTime(plan.begin(), plan.speed());
        this.traffic = new AgedRepeats(new Traffic(settings(plan), time), SoakPlan.MAX_LATENESS);
        this.producer = TrafficProducer.open(bootstrapServers);
    }

    static List<String> customers(SoakPlan plan) {
        return settings(plan).customerIds();
    }

    /** Records that are in Kafka for certain. */
    long stored() {
        return stored.get();
    }

    Truth truth() {
        return truth.truth();
    }

    /** The result throws when a record was refused: then nobody knows the truth any more. */
    Future<?> flow() {
        flowing = true;
        return thread.submit(() -> send(new Flow(), plan.perSecond()));
    }

    /** Returns when all that was sent is acknowledged. */
    void rest(Future<?> flow) throws Exception {
        flowing = false;
        flow.get(ACKNOWLEDGED_WITHIN_SECONDS, TimeUnit.SECONDS);
    }

    /** One record a partition after which every hour is over. */
    void closeHours() throws ExecutionException, InterruptedException {
        long append = time.millisOf(0) + CLOSES_ALL.toMillis();
        List<TrafficRecord> last = new ArrayList<>();
        for (int partition = 0; partition < ChaosTraffic.PARTITIONS; partition++) {
            byte[] event =
                    """
                    {"specversion":"1.0","id":"close-%d","source":"/soak","type":"traffic.closed","subject":"nobody","time":"%s"}
                    """.formatted(partition, Instant.ofEpochMilli(append)).getBytes(StandardCharsets.UTF_8);
            last.add(new TrafficRecord(
                    new ProducerRecord<>(ChaosTraffic.TOPIC, partition, append, new byte[0], event),
                    new Expectation.Ignored()));
        }
        send(last.iterator(), Double.POSITIVE_INFINITY);
    }

    @Override
    public void close() {
        flowing = false;
        thread.shutdownNow();
        producer.close();
    }

    private static TrafficSettings settings(SoakPlan plan) {
        return new TrafficSettings(
                plan.seed(), ChaosTraffic.TOPIC, Long.MAX_VALUE, ChaosTraffic.PARTITIONS, CUSTOMERS, MIX);
    }

    private void send(Iterator<TrafficRecord> records, double pace) {
        producer.send(records, Pace.perSecond(pace), truth, count -> stored.set(count));
    }

    private final class Flow implements Iterator<TrafficRecord> {
        @Override
        public boolean hasNext() {
            return flowing;
        }

        @Override
        public TrafficRecord next() {
            return traffic.next();
        }
    }
}
