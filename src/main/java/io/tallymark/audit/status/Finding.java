package io.tallymark.audit.status;

/** Something that is wrong, and what to do about it. */
public record Finding(String problem, String remedy) {}
