package io.tallymark.embedded.demo;

import io.tallymark.embedded.traffic.AppendTime;
import io.tallymark.embedded.traffic.Pace;
import io.tallymark.embedded.traffic.Traffic;
import io.tallymark.embedded.traffic.TrafficMix;
import io.tallymark.embedded.traffic.TrafficProducer;
import io.tallymark.embedded.traffic.TrafficSettings;
import io.tallymark.embedded.traffic.Truth;
import io.tallymark.embedded.traffic.TruthKeeper;
import java.time.LocalDate;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/** Sends the simulated day in the background and keeps its truth. */
final class DemoTraffic implements AutoCloseable {
    private final TruthKeeper truth = new TruthKeeper();
    private final AtomicLong sent = new AtomicLong();
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread sender = new Thread(task, "demo-traffic");
        sender.setDaemon(true);
        return sender;
    });
    private final TrafficSettings settings;
    private final LocalDate day;
    private final double eventsPerSecond;

    DemoTraffic(DemoSettings demo, String topic, LocalDate day) {
        this.settings = new TrafficSettings(
                demo.seed(),
                topic,
                demo.records(),
                DemoSettings.PARTITIONS,
                DemoSettings.CUSTOMERS,
                TrafficMix.standard());
        this.day = day;
        this.eventsPerSecond = demo.eventsPerSecond();
    }

    TrafficSettings settings() {
        return settings;
    }

    /** Starts sending; the future ends when the broker has acknowledged everything. */
    CompletableFuture<Void> start(String bootstrapServers) {
        return CompletableFuture.runAsync(() -> send(bootstrapServers), thread);
    }

    /** Number of records to send: those of the day, and one a partition that closes its last hours. */
    long total() {
        return settings.records() + settings.partitions();
    }

    long sent() {
        return sent.get();
    }

    Truth truth() {
        return truth.truth();
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }

    private void send(String bootstrapServers) {
        try (TrafficProducer producer = TrafficProducer.open(bootstrapServers)) {
            Traffic traffic = new Traffic(settings, AppendTime.simulatedDay(day, settings.records()));
            producer.send(traffic, Pace.perSecond(eventsPerSecond), truth, sent::set);
        }
    }
}
