package io.tallymark.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.embedded.traffic.AppendTime;
import io.tallymark.embedded.traffic.Expectation;
import io.tallymark.embedded.traffic.Traffic;
import io.tallymark.embedded.traffic.TrafficMix;
import io.tallymark.embedded.traffic.TrafficRecord;
import io.tallymark.embedded.traffic.TrafficSettings;
import io.tallymark.usage.RejectReason;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AgedRepeatsTest {
    private static final int RECORDS = 20_000;
    private static final Duration MAX_LATENESS = Duration.ofHours(1);
    private static final TrafficMix MIX = new TrafficMix(0, 100, 50, 0, 0, 0, 0, 0, 0);

    /** Within a day repeats come up to six hours later, and nothing else is refused. */
    private final List<TrafficRecord> records = records();

    @Test
    void repeatsOfForgottenEventsAreTooLateAndAllOthersAreDuplicates() {
        Set<Integer> seen = new HashSet<>();
        int repeats = 0;
        for (TrafficRecord record : records) {
            if (record.expectation() instanceof Expectation.Usage event) {
                repeats += seen.add(event.number()) ? 0 : 1;
                assertThat(age(record, event)).isLessThanOrEqualTo(MAX_LATENESS.toMillis());
            }
        }

        assertThat(repeats).isPositive();
        assertThat(records)
                .filteredOn(record -> record.expectation().equals(new Expectation.DeadLetter(RejectReason.TOO_LATE)))
                .isNotEmpty();
    }

    @Test
    void voidsNearTheLimitAreLeftOut() {
        List<Long> ages = new ArrayList<>();
        for (TrafficRecord record : records) {
            if (record.expectation() instanceof Expectation.Withdrawal aVoid) {
                ages.add(age(record, aVoid.event()));
            }
        }

        assertThat(ages)
                .isNotEmpty()
                .allMatch(age -> age <= MAX_LATENESS.minusMinutes(2).toMillis());
        assertThat(records).hasSizeLessThan(RECORDS);
    }

    private static List<TrafficRecord> records() {
        TrafficSettings settings = new TrafficSettings(5, "t", RECORDS, 2, 3, MIX);
        AppendTime day = AppendTime.simulatedDay(LocalDate.of(2026, 3, 1), RECORDS);
        AgedRepeats traffic = new AgedRepeats(new Traffic(settings, day), MAX_LATENESS);
        List<TrafficRecord> records = new ArrayList<>();
        traffic.forEachRemaining(records::add);
        return records;
    }

    private static long age(TrafficRecord record, Expectation.Usage event) {
        return record.message().timestamp() - event.timeMillis();
    }
}
