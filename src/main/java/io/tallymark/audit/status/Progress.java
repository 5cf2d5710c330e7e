package io.tallymark.audit.status;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The job's sign of life.
 *
 * @param watermark hours before it are closed; null before the first record
 * @param movedAt when records were last read
 * @param writtenAt last checkpoint
 */
public record Progress(@Nullable Instant watermark, Instant movedAt, Instant writtenAt) {}
