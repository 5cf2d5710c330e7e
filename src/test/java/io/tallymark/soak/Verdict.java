package io.tallymark.soak;

/** What a rule says of a series; {@code words} for the report. */
record Verdict(boolean good, String words) {}
