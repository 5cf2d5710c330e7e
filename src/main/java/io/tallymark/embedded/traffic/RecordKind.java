package io.tallymark.embedded.traffic;

/** What a fresh record is meant to be; what else is sent about in-time and late ones is up to {@link Sequels}. */
enum RecordKind {
    IN_TIME,
    LATE,
    TOO_LATE,
    FUTURE,
    MALFORMED,
    IGNORED
}
