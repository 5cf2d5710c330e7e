package io.tallymark.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.usage.Measurement;
import io.tallymark.usage.Origin;
import io.tallymark.usage.Outcome;
import io.tallymark.usage.RejectReason;
import io.tallymark.usage.Rejection;
import io.tallymark.usage.UsageEvent;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

/** The rule told twice must be one rule: whatever the records, the ledger says what the job did. */
class IdLedgerTest {
    private static final Duration MAX_LATENESS = Duration.ofDays(7);
    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
    private static final int RUNS = 300;
    private static final int RECORDS = 40;

    @Test
    void firstEventCountsAndItsVoidTakesItOut() {
        IdLedger ledger = new IdLedger(MAX_LATENESS);
        ledger.add(record(0, START, START, "1", false));
        ledger.add(record(1, START, START, "1", false));
        ledger.add(record(2, START, START, "2", false));
        ledger.add(record(3, START, START, "1", true));

        assertThat(ledger.lines())
                .extracting(IdLedger.Line::outcome)
                .containsExactly(Outcome.COUNTED, Outcome.DUPLICATE, Outcome.CONFLICT, Outcome.WITHDRAWN);
        assertThat(ledger.lines().get(0).takenOut()).isTrue();
    }

    @Test
    void saysOfEveryRecordWhatTheJobDid() throws Exception {
        long seed = Long.getLong("tallymark.seed", System.nanoTime());
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int run = 0; run < RUNS; run++) {
            List<UsageEvent> records = records(random);
            IdLedger ledger = new IdLedger(MAX_LATENESS);
            records.forEach(ledger::add);
            Map<Origin, Outcome> told = new HashMap<>();
            ledger.lines().forEach(line -> told.put(line.record().origin(), line.outcome()));

            assertThat(told).as("seed " + seed + ", run " + run).isEqualTo(done(records));
        }
    }

    /** Records of one identity, in order of append time, that contradict each other now and then. */
    private static List<UsageEvent> records(Random random) {
        List<UsageEvent> records = new ArrayList<>();
        Instant append = START;
        for (int offset = 0; offset < RECORDS; offset++) {
            append = append.plus(Duration.ofHours(random.nextInt(30)));
            Instant time = append.minus(Duration.ofHours(random.nextInt(7 * 24)));
            String quantity = Integer.toString(random.nextInt(2));
            if (!records.isEmpty() && random.nextInt(4) > 0) {
                UsageEvent earlier = records.get(Math.max(0, records.size() - 1 - random.nextInt(4)));
                Instant again = Instant.ofEpochMilli(earlier.timeMillis());
                if (!again.isBefore(append.minus(MAX_LATENESS))) {
                    time = again;
                    quantity = earlier.measurements().get(0).quantity().toString();
                }
            }
            records.add(record(offset, append, time, quantity, random.nextInt(3) == 0));
        }
        return records;
    }

    /** What the operator states on the balance sheet; lines of one record add up to one outcome. */
    @SuppressWarnings("try") // The harness may be interrupted while it closes.
    private static Map<Origin, Outcome> done(List<UsageEvent> records) throws Exception {
        try (KeyedOneInputStreamOperatorTestHarness<Integer, UsageEvent, UsageEvent> harness =
                new KeyedOneInputStreamOperatorTestHarness<>(
                        new DropDuplicates(MAX_LATENESS), new IdentityShard(), Types.INT)) {
            harness.open();
            for (UsageEvent record : records) {
                harness.processElement(record, record.appendTimeMillis());
                harness.processWatermark(record.appendTimeMillis() - 120_000);
            }
            Map<Origin, Map<Outcome, Integer>> sums = new HashMap<>();
            harness.getSideOutput(DropDuplicates.INTAKE)
                    .forEach(output -> sums.computeIfAbsent(
                                    output.getValue().origin(), origin -> new EnumMap<>(Outcome.class))
                            .merge(
                                    output.getValue().outcome(),
                                    output.getValue().count(),
                                    Integer::sum));
            Map<Origin, Outcome> outcomes = new HashMap<>();
            sums.forEach((origin, counts) -> {
                counts.values().removeIf(count -> count == 0);
                assertThat(counts.values()).as(origin.toString()).containsExactly(1);
                outcomes.put(origin, counts.keySet().iterator().next());
            });
            return outcomes;
        }
    }

    private static UsageEvent record(long offset, Instant append, Instant time, String quantity, boolean isVoid) {
        Origin origin = new Origin("usage-events", 0, offset);
        return new UsageEvent(
                "gateway",
                "e-1",
                "cust-1",
                time.toEpochMilli(),
                true,
                append.toEpochMilli(),
                origin,
                List.of(new Measurement("tokens", "{}", new BigDecimal(quantity))),
                isVoid
                        ? Rejection.withoutBytes(
                                origin, append.toEpochMilli(), RejectReason.VOID_MISMATCH, "another time")
                        : null);
    }
}
