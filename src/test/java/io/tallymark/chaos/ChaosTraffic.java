package io.tallymark.chaos;

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
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Seeded traffic in a pace, which can be held up; knows what must be counted of what the broker has acknowledged. */
public final class ChaosTraffic implements AutoCloseable {
    public static final String TOPIC = "usage-events";
    public static final int PARTITIONS = 4;

    private static final TrafficMix MIX = new TrafficMix(200, 60, 20, 10, 40, 3, 3, 10, 10);
    private static final int CUSTOMERS = 10;
    /** Repeats come at most a quarter of it later. */
    private static final long RECORDS = 200_000;

    private static final Duration BEFORE_THE_PRESENT = Duration.ofDays(20);
    /** Into the hour, so that slow traffic stays within it. */
    private static final Duration INTO_THE_HOUR = Duration.ofMinutes(10);

    private static final Duration CLOSES_ALL = Duration.ofHours(2);
    /** On a machine that does much else at the same time. */
    private static final Duration BROKER_IS_BACK = Duration.ofMinutes(2);

    private static final long ACKNOWLEDGED_WITHIN_SECONDS = 150;

    private final TrafficSettings settings;
    private final double perSecond;
    private final SpedUpTime time;
    private final Traffic traffic;
    private final TrafficProducer producer;
    private final TruthKeeper truth = new TruthKeeper();
    private final Ceiling ceiling = new Ceiling();
    private final AtomicLong stored = new AtomicLong();
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private Optional<Future<?>> sending = Optional.empty();
    private volatile boolean flowing;

    /** @param speed simulated seconds per second */
    ChaosTraffic(String bootstrapServers, long seed, double perSecond, double speed) {
        this.settings = new TrafficSettings(seed, TOPIC, RECORDS, PARTITIONS, CUSTOMERS, MIX);
        this.perSecond = perSecond;
        Instant hour = Instant.now().minus(BEFORE_THE_PRESENT).truncatedTo(ChronoUnit.HOURS);
        this.time = new SpedUpTime(hour.plus(INTO_THE_HOUR), speed);
        this.traffic = new Traffic(settings, time);
        this.producer = TrafficProducer.open(bootstrapServers, BROKER_IS_BACK);
    }

    List<String> customers() {
        return settings.customerIds();
    }

    Ceiling ceiling() {
        return ceiling;
    }

    /** Records that are in Kafka for certain. */
    long stored() {
        return stored.get();
    }

    Truth truth() {
        return truth.truth();
    }

    void flow() {
        flowing = true;
        sending = Optional.of(thread.submit(() -> send(new Flow(), perSecond)));
    }

    /** Returns when all that was sent is acknowledged. */
    void rest() throws Exception {
        flowing = false;
        if (sending.isPresent()) {
            sending.get().get(ACKNOWLEDGED_WITHIN_SECONDS, TimeUnit.SECONDS);
            sending = Optional.empty();
        }
    }

    /** Throws when a record was refused: then nobody knows the truth any more. */
    void check() throws ExecutionException, InterruptedException {
        if (sending.isPresent() && sending.get().isDone()) {
            sending.get().get();
        }
    }

    /** While it rests: one record a partition after which every hour is over. */
    void closeHours() {
        long append = time.millisOf(0) + CLOSES_ALL.toMillis();
        List<TrafficRecord> last = new ArrayList<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            byte[] event =
                    """
                    {"specversion":"1.0","id":"close-%d","source":"/chaos","type":"traffic.closed","subject":"nobody","time":"%s"}
                    """.formatted(partition, Instant.ofEpochMilli(append)).getBytes(StandardCharsets.UTF_8);
            last.add(new TrafficRecord(
                    new ProducerRecord<>(TOPIC, partition, append, new byte[0], event), new Expectation.Ignored()));
        }
        send(last.iterator(), Double.POSITIVE_INFINITY);
    }

    @Override
    public void close() {
        flowing = false;
        thread.shutdownNow();
        producer.close();
    }

    private void send(Iterator<TrafficRecord> records, double pace) {
        producer.send(records, Pace.perSecond(pace), truth, count -> stored.set(count));
    }

    private final class Flow implements Iterator<TrafficRecord> {
        @Override
        public boolean hasNext() {
            return flowing && traffic.hasNext();
        }

        @Override
        public TrafficRecord next() {
            TrafficRecord record = traffic.next();
            ceiling.raise(record.expectation());
            return record;
        }
    }
}
