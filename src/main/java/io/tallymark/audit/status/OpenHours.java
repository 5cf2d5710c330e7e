package io.tallymark.audit.status;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Hours whose totals are early results.
 *
 * @param hours those that a job will still close
 * @param oldest of these; null when there are none
 * @param abandoned rows of hours that were over some time ago and are still open: nobody closes or reports them
 */
public record OpenHours(long hours, @Nullable Instant oldest, long abandoned) {}
