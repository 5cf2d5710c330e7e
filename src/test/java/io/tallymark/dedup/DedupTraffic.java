package io.tallymark.dedup;

import io.tallymark.usage.Fingerprint;
import io.tallymark.usage.Measurement;
import io.tallymark.usage.Origin;
import io.tallymark.usage.RejectReason;
import io.tallymark.usage.Rejection;
import io.tallymark.usage.UsageEvent;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Accepted records in order of append time: events, repeats, conflicts and voids, with times and without, of ids in few shards. */
final class DedupTraffic {
    static final Duration MAX_LATENESS = Duration.ofHours(10);
    static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

    private static final int SHARDS = 12;
    private static final int REPEATED_AFTER = 4_000;

    private final Random random;
    private final List<UsageEvent> records = new ArrayList<>();
    private long appendMillis = START.toEpochMilli();
    private int nextId;

    DedupTraffic(Random random) {
        this.random = random;
    }

    long appendMillis() {
        return appendMillis;
    }

    UsageEvent next() {
        appendMillis += random.nextInt(20) == 0 ? random.nextInt(300_000) : random.nextInt(20_000);
        // Now and then a record that append times going back would bring.
        long append =
                appendMillis - (random.nextInt(300) == 0 ? Duration.ofHours(4).toMillis() : 0);
        UsageEvent record =
                records.isEmpty() || random.nextInt(2) == 0 ? record(newId(), append) : repeat(earlier(), append);
        records.add(record);
        return record;
    }

    private UsageEvent earlier() {
        // Mostly of late, sometimes of long ago, so that old ids and forgotten ones are met too.
        int reach = random.nextInt(3) == 0 ? REPEATED_AFTER : 60;
        return records.get(Math.max(0, records.size() - 1 - random.nextInt(reach)));
    }

    private UsageEvent repeat(UsageEvent earlier, long append) {
        long time = earlier.timeGiven() ? earlier.timeMillis() : append;
        boolean accepted = append - time <= MAX_LATENESS.toMillis();
        if (!accepted || random.nextInt(8) == 0) {
            return record(earlier.id(), append);
        }
        return record(
                earlier.id(),
                append,
                time,
                earlier.timeGiven(),
                earlier.measurements().get(0).quantity().toString());
    }

    private UsageEvent record(String id, long append) {
        boolean timeGiven = random.nextInt(3) > 0;
        long late = random.nextInt(5) == 0 ? random.nextInt((int) MAX_LATENESS.toMillis()) : random.nextInt(60_000);
        return record(id, append, timeGiven ? append - late + 5_000 : append, timeGiven, "" + (1 + random.nextInt(2)));
    }

    private UsageEvent record(String id, long append, long time, boolean timeGiven, String quantity) {
        Origin origin = new Origin("usage-events", 0, records.size());
        boolean isVoid = random.nextInt(5) == 0;
        return new UsageEvent(
                "gateway",
                id,
                "acme",
                time,
                timeGiven,
                append,
                origin,
                List.of(new Measurement("requests", "{}", new BigDecimal(quantity))),
                isVoid ? Rejection.withoutBytes(origin, append, RejectReason.VOID_MISMATCH, "no match") : null);
    }

    private String newId() {
        while (true) {
            String id = "e-" + nextId++;
            if (IdentityShard.of(Fingerprint.of("gateway", id)) % (IdentityShard.COUNT / SHARDS) == 0) {
                return id;
            }
        }
    }
}
