package io.tallymark.simulator;

/** What a customer used of a meter in one hour, whether summaries show it or not. */
record HourOfUsage(SimulatedMeter meter, String customer, long startSeconds, UsageBucket bucket) {}
