package io.tallymark.soak;

/**
 * One reading.
 *
 * @param minute since the traffic began
 */
record Point(double minute, double value) {}
