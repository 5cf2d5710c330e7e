package io.tallymark.audit.status;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Everything that {@code status} says.
 *
 * @param topic the configured topic
 * @param at the database's time
 * @param progress null when metering never took a checkpoint
 * @param partitions sums by partition
 * @param hours rows of the newest append hours, when asked for
 * @param reasons dead letters by reason
 * @param uncoveredHours records by the hour that was left as it stands
 * @param imbalances why it does not add up
 * @param standstills why nothing moves
 * @param warnings what somebody should look at although both is well
 */
public record Status(
        String topic,
        Instant at,
        @Nullable Progress progress,
        OpenHours openHours,
        List<PartitionStatus> partitions,
        List<IntakeRow> hours,
        Map<String, Long> reasons,
        Map<String, Long> uncoveredHours,
        Reporting reporting,
        List<Finding> imbalances,
        List<Finding> standstills,
        List<String> warnings) {

    public boolean addsUp() {
        return imbalances.isEmpty();
    }

    public boolean moves() {
        return standstills.isEmpty();
    }

    /** Whether Stripe, as far as it was compared, holds what it was told. */
    public boolean agrees() {
        return reporting.problems().isEmpty();
    }

    public List<Finding> problems() {
        return Stream.of(imbalances, standstills, reporting.problems())
                .flatMap(List::stream)
                .toList();
    }

    public Outcomes total() {
        return partitions.stream().map(PartitionStatus::outcomes).reduce(Outcomes.NONE, Outcomes::plus);
    }
}
