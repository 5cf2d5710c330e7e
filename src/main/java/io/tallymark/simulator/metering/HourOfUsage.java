package io.tallymark.simulator.metering;

/** What a customer used of a meter in one hour, whether summaries show it or not. */
public record HourOfUsage(SimulatedMeter meter, String customer, long startSeconds, UsageBucket bucket) {}
