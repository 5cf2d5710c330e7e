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
        OptionalLong others = history.othersUntilMillis();
        ReplayScope held = begin.isEmpty()
                ? scope
                : from(scope, begin.getAsLong(), "the topic begins at " + Instant.ofEpochMilli(begin.getAsLong()));
        return others.isEmpty()
                ? held
                : from(
                        held,
                        others.getAsLong(),
                        "records of another topic were counted until " + Instant.ofEpochMilli(others.getAsLong()));
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

    private ReplayScope from(ReplayScope scope, long goneMillis, String why) {
        BillingHour firstWhole = ColdStart.firstWholeHour(goneMillis);
        if (firstWhole.compareTo(scope.end()) >= 0) {
            throw new UserError(
                    "not replayable: " + why,
                    "name hours from " + firstWhole + " on, and keep records longer (retention.ms)");
        }
        if (ReplaySpans.readFrom(scope, ingest.maxLateness()).isBefore(Instant.ofEpochMilli(goneMillis))) {
            say.accept(why + ": a repeat, with another time, of an id from before cannot be told from a new event");
        }
        if (firstWhole.compareTo(scope.first()) <= 0) {
            return scope;
        }
        say.accept("not replayable: " + why + "; left out are the hours from " + scope.first() + " to " + firstWhole);
        return new ReplayScope(firstWhole.epochHour(), scope.endHour(), scope.customerId(), scope.metric());
    }
}
