package io.tallymark.usage;

/**
 * How far metering has come, as of one checkpoint.
 *
 * @param topic the topic of usage events
 * @param watermarkMillis watermark of the whole pipeline, ms since the epoch; {@link Long#MIN_VALUE} before the first
 * @param moved whether records were read since the checkpoint before
 */
public record MeteringProgress(String topic, long watermarkMillis, boolean moved) {}
