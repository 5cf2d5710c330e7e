package io.tallymark.audit;

import io.tallymark.ingest.ColdStart;
import io.tallymark.ingest.IngestSettings;
import io.tallymark.ingest.TopicOffsets;
import io.tallymark.table.IntakeHistory;
import io.tallymark.topology.ReplayScope;
import io.tallymark.usage.BillingHour;
import io.tallymark.usage.UserError;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The hours of a replay of which the topic holds every record that was counted. Of the others it knows less than the table.
 *
 * @param history what was counted from this topic and others
 * @param say takes which hours are left out, and why
 */
record JudgedHours(IngestSettings ingest, IntakeHistory history, Consumer<String> say) {
    /** @param begins first offset of each partition that is still there */
    ReplayScope of(ReplayScope scope, TopicOffsets topic, Map<Integer, Long> begins) {
        Map<Integer, Long> firstAppendMillis = topic.firstAppendMillis();
        OptionalLong begin = ReplaySpans.beginMillis(
                cutShort(begins, firstAppendMillis),
                firstAppendMillis,
                InstantSource.system().millis());
        ReplayScope held = from(scope, begin, at -> "the topic begins at " + at);
        held = from(held, history.othersUntilMillis(), at -> "records of another topic were counted until " + at);
        return from(
                held,
                lastForeignHour(held, firstAppendMillis),
                at -> "the hour of " + at
                        + " was counted before the topic's first record was stored, so from an earlier topic of its name");
    }

    private OptionalLong lastForeignHour(ReplayScope scope, Map<Integer, Long> firstAppendMillis) {
        OptionalLong first =
                firstAppendMillis.values().stream().mapToLong(Long::longValue).min();
        return first.isEmpty() ? first : history.lastHourWrittenBefore(first.getAsLong(), scope.first(), scope.end());
    }

    /** A topic that was made anew under its old name begins at offset 0, too; what was counted before it says that something is gone. */
    private Set<Integer> cutShort(Map<Integer, Long> begins, Map<Integer, Long> firstAppendMillis) {
        Set<Integer> partitions = new TreeSet<>();
        begins.forEach((partition, begin) -> {
            Long first = firstAppendMillis.get(partition);
            if (begin > 0 || (first != null && history.hasOlder(partition, first))) {
                partitions.add(partition);
            }
        });
        return partitions;
    }

    private ReplayScope from(ReplayScope scope, OptionalLong goneMillis, Function<Instant, String> reason) {
        if (goneMillis.isEmpty()) {
            return scope;
        }
        Instant gone = Instant.ofEpochMilli(goneMillis.getAsLong());
        String why = reason.apply(gone);
        BillingHour firstWhole = ColdStart.firstWholeHour(gone.toEpochMilli());
        if (firstWhole.compareTo(scope.end()) >= 0) {
            throw new UserError(
                    "not replayable: " + why,
                    "name hours from " + firstWhole + " on, and keep records longer (retention.ms)");
        }
        if (ReplaySpans.readFrom(scope, ingest.maxLateness()).isBefore(gone)) {
            say.accept(why + ": a repeat, with another time, of an id from before cannot be told from a new event");
        }
        if (firstWhole.compareTo(scope.first()) <= 0) {
            return scope;
        }
        say.accept("not replayable: " + why + "; left out are the hours from " + scope.first() + " to " + firstWhole);
        return new ReplayScope(firstWhole.epochHour(), scope.endHour(), scope.customerId(), scope.metric());
    }
}
