package io.tallymark.usage;

import java.math.BigDecimal;

/**
 * What one event adds to one meter.
 *
 * @param metric name of the meter
 * @param dimensions canonical JSON object of the meter's group-by values, {@code {}} without any
 * @param quantity exact decimal; 1 for a counting meter
 */
public record Measurement(String metric, String dimensions, BigDecimal quantity) {}
