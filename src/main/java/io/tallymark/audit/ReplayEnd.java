package io.tallymark.audit;

import java.time.Instant;
import java.util.Map;

/**
 * Where a replay ends, so that it reads no more than metering has.
 *
 * @param offsets one more than the last to read, by partition
 * @param complete whether that is everything that was there when the replay began
 * @param beganAt when the replay began, by the database's clock
 * @param reachedAt when metering had read that far, by the same clock
 */
record ReplayEnd(Map<Integer, Long> offsets, boolean complete, Instant beganAt, Instant reachedAt) {}
