package io.tallymark.topology;

import io.tallymark.usage.Measurement;
import io.tallymark.usage.Origin;
import io.tallymark.usage.RejectReason;
import io.tallymark.usage.Rejection;
import io.tallymark.usage.UsageEvent;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Draws records of few identities, so that events, repeats and voids of the same one meet in every order. */
final class VoidTraffic {
    static final Duration MAX_LATENESS = Duration.ofDays(2);
    static final long START_MILLIS = Instant.parse("2026-03-01T12:00:00Z").toEpochMilli();
    private static final int IDS = 3;
    private static final String[] QUANTITIES = {"1", "1", "2", "0.5", "0.25", "10", "0", "1.5"};

    private final Random random;
    private final boolean conflicts;
    private long offset;

    /** @param conflicts whether an identity's events may differ; its voids may in any case */
    VoidTraffic(Random random, boolean conflicts) {
        this.random = random;
        this.conflicts = conflicts;
    }

    /** Records of so many sequences, all mixed. */
    List<UsageEvent> records(int sequences) {
        List<UsageEvent> records = new ArrayList<>();
        for (int sequence = 0; sequence < sequences; sequence++) {
            for (int id = 0; id < IDS; id++) {
                addIdentity("sequence-" + sequence, "id-" + id, records);
            }
        }
        Collections.shuffle(records, random);
        return records;
    }

    private void addIdentity(String sequence, String id, List<UsageEvent> records) {
        List<UsageEvent> contents = new ArrayList<>();
        for (int content = 0; content < 3; content++) {
            contents.add(content(sequence, id));
        }
        int many = random.nextInt(1, 6);
        for (int i = 0; i < many; i++) {
            boolean isVoid = random.nextInt(5) < 2;
            int content = random.nextInt(5) < 3 || (!conflicts && !isVoid) ? 0 : random.nextInt(3);
            records.add(record(contents.get(content), isVoid));
        }
    }

    private UsageEvent content(String sequence, String id) {
        BigDecimal quantity = new BigDecimal(QUANTITIES[random.nextInt(QUANTITIES.length)]);
        List<Measurement> measurements = List.of(
                new Measurement("sum", "{}", quantity),
                new Measurement("count", "{}", BigDecimal.ONE),
                new Measurement("max", "{}", quantity),
                new Measurement("last", "{\"region\":\"eu\"}", quantity));
        // Three hours before the start, at few places, so that LAST has ties.
        long timeMillis =
                START_MILLIS - 1 - random.nextInt(6) * Duration.ofMinutes(30).toMillis();
        return new UsageEvent(
                random.nextInt(4) == 0 ? "batch" : "gateway",
                sequence + id,
                sequence + (random.nextInt(4) == 0 ? "-b" : ""),
                timeMillis,
                random.nextInt(5) > 0,
                START_MILLIS,
                new Origin("usage-events", 0, 0),
                measurements,
                null);
    }

    /** A record of a content; without a time of its own, at a time of its own. */
    private UsageEvent record(UsageEvent content, boolean isVoid) {
        Origin origin = new Origin("usage-events", random.nextInt(3), offset++);
        long appendMillis = START_MILLIS + (conflicts ? random.nextInt(1_000_000) : 0);
        Rejection refusal = new Rejection(
                origin, appendMillis, null, new byte[] {1}, List.of(), RejectReason.VOID_MISMATCH, "does not match");
        return new UsageEvent(
                content.source(),
                content.id(),
                content.customerId(),
                content.timeGiven() ? content.timeMillis() : appendMillis,
                content.timeGiven(),
                appendMillis,
                origin,
                content.measurements(),
                isVoid ? refusal : null);
    }
}
