package io.tallymark.audit.status;

import io.tallymark.usage.BillingHour;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.LongPredicate;

/**
 * Whether the balance sheet adds up: each row in itself, and all rows of a partition to the offsets consumed. Where there are fewer
 * records than offsets the topic is read: markers of transactions have offsets too, and only a record is one too few.
 */
final class BalanceCheck {
    private static final String KEEP_ROW =
            "if nobody changed the row by hand this is a defect: keep the row, compare the hour's totals with ./tallymark replay, report it";
    private static final String READ_AGAIN =
            "restart the job from a checkpoint before these offsets, or let ./tallymark replay show what is missing";

    private final IntakeReader intake;
    private final TopicLog log;
    private final Map<String, Map<Integer, TopicLog.Offsets>> offsets;
    private final List<Finding> problems = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    BalanceCheck(IntakeReader intake, TopicLog log, Map<String, Map<Integer, TopicLog.Offsets>> offsets) {
        this.intake = intake;
        this.log = log;
        this.offsets = offsets;
    }

    List<Finding> problems() {
        return problems;
    }

    List<String> warnings() {
        return warnings;
    }

    void run(List<PartitionSheet> partitions) throws SQLException {
        intake.contradictions().forEach(this::contradiction);
        for (OffsetRange hole : intake.holes()) {
            hole(hole);
        }
        for (PartitionSheet sheet : partitions) {
            partition(sheet);
        }
    }

    private void contradiction(IntakeRow row) {
        Outcomes outcomes = row.outcomes();
        long offsetsRead = row.nextOffset() - row.firstOffset();
        String problem;
        if (outcomes.read() != outcomes.settled()) {
            problem = "read is " + outcomes.read() + ", but the outcomes add up to " + outcomes.settled();
        } else if (outcomes.read() > offsetsRead) {
            problem = "read is " + outcomes.read() + ", but its offsets " + row.firstOffset() + " to "
                    + (row.nextOffset() - 1) + " hold " + offsetsRead + " records at most";
        } else {
            problem = "reasons or uncovered_hours do not add up to dead_lettered " + outcomes.deadLettered()
                    + " and uncovered " + outcomes.uncovered();
        }
        problems.add(new Finding(row.place() + ": " + problem, KEEP_ROW));
    }

    private void hole(OffsetRange hole) {
        long beginning = beginning(hole.topic(), hole.partition());
        OptionalLong found =
                beginning < hole.next() ? log.count(from(hole, beginning), anyTime -> true, 1) : OptionalLong.of(0);
        if (found.isEmpty()) {
            warnings.add(hole + " are in no row; there was no time to see whether they held records");
        } else if (found.getAsLong() > 0) {
            problems.add(new Finding(hole + " are in no row, and there are records", READ_AGAIN));
        } else if (beginning > hole.first()) {
            warnings.add(
                    hole + " are in no row and no longer in the topic: whether they held records cannot be verified");
        }
    }

    private void partition(PartitionSheet sheet) throws SQLException {
        String place = sheet.topic() + " partition " + sheet.partition();
        long missing = sheet.consumedOffsets() - sheet.outcomes().read();
        if (missing < 0) {
            problems.add(new Finding(
                    place + ": " + sheet.outcomes().read() + " records were read of " + sheet.consumedOffsets()
                            + " offsets",
                    KEEP_ROW));
        } else if (missing > 0) {
            sparseRows(sheet);
        }
        if (sheet.readTwice() > 0) {
            warnings.add(
                    place + ": " + sheet.readTwice()
                            + " offsets were read twice, and both readings are in the sums: a job without state began in the middle of an hour");
        }
    }

    private void sparseRows(PartitionSheet sheet) throws SQLException {
        long unverified = 0;
        for (IntakeRow row : intake.sparse(sheet.topic(), sheet.partition())) {
            OptionalLong present = beginning(sheet.topic(), sheet.partition()) > row.firstOffset()
                    ? OptionalLong.empty()
                    : log.count(row.range(), within(row.appendHour()), Long.MAX_VALUE);
            if (present.isEmpty()) {
                unverified++;
            } else if (present.getAsLong() != row.outcomes().read()) {
                problems.add(new Finding(
                        row.place() + ": read is " + row.outcomes().read() + ", but the topic holds "
                                + present.getAsLong() + " records there",
                        READ_AGAIN));
            }
        }
        if (unverified > 0) {
            warnings.add(sheet.topic() + " partition " + sheet.partition() + ": " + unverified
                    + " rows have fewer records than offsets, as transactions leave them; the topic no longer holds them, or there"
                    + " was no time to read them again");
        }
    }

    /** A topic or partition that is gone holds nothing any more. */
    private long beginning(String topic, int partition) {
        TopicLog.Offsets found = offsets.getOrDefault(topic, Map.of()).get(partition);
        return found == null ? Long.MAX_VALUE : found.beginning();
    }

    private static OffsetRange from(OffsetRange range, long beginning) {
        return new OffsetRange(range.topic(), range.partition(), Math.max(range.first(), beginning), range.next());
    }

    private static LongPredicate within(Instant appendHour) {
        BillingHour hour = BillingHour.containing(appendHour);
        return millis -> BillingHour.containing(millis).equals(hour);
    }
}
