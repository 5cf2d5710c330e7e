package io.tallymark.customers;

/**
 * A mistake in a file.
 *
 * @param line of the file, from 1
 */
public record Problem(long line, String text) {}
