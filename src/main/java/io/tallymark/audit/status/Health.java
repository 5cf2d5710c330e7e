package io.tallymark.audit.status;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Whether metering moves, for a probe.
 *
 * @param progress null when metering never took a checkpoint
 * @param standstills why nothing moves; empty when it does, or has nothing to do
 */
public record Health(String topic, String at, @Nullable Progress progress, List<Finding> standstills) {
    public boolean moves() {
        return standstills.isEmpty();
    }

    /** One line of words and key=value pairs. */
    public String line() {
        return (moves() ? "health: OK" : "health: STALLED") + " topic=" + topic + " at=" + at
                + (progress == null
                        ? ""
                        : " checkpoint=" + progress.writtenAt() + " moved=" + progress.movedAt() + " watermark="
                                + (progress.watermark() == null ? "none" : progress.watermark()))
                + (moves()
                        ? ""
                        : " reason=\""
                                + standstills.stream().map(Finding::problem).collect(Collectors.joining("; ")) + "\"");
    }
}
