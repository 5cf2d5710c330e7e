package io.tallymark.embedded.traffic;

/** What a fresh record is meant to be; repeats are copies of in-time and late ones. */
enum RecordKind {
    IN_TIME,
    LATE,
    TOO_LATE,
    FUTURE,
    MALFORMED,
    IGNORED
}
