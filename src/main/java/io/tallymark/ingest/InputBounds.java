package io.tallymark.ingest;

/**
 * How large and how deep a record may be. Whatever a record holds, it costs time and memory in proportion to these.
 *
 * @param maxRecordBytes key, value and headers together
 * @param maxHeaders headers of the record
 * @param maxNesting objects and lists around a value
 * @param maxValues values in the JSON, whatever their kind: a tree takes many times the memory of its text
 * @param maxNameChars of a name in an object
 * @param maxStringChars of a string that no key is made of
 * @param maxNumberChars of a number as it is written
 * @param maxIdChars of {@code id}, {@code source} and {@code type}
 * @param maxCustomerChars of {@code subject}
 * @param maxDimensionsBytes of a meter's dimensions as JSON in UTF-8: with the longest customer and metric beside them, the row's key
 *     still fits a Postgres index entry of 2704 bytes
 */
record InputBounds(
        int maxRecordBytes,
        int maxHeaders,
        int maxNesting,
        int maxValues,
        int maxNameChars,
        int maxStringChars,
        int maxNumberChars,
        int maxIdChars,
        int maxCustomerChars,
        int maxDimensionsBytes) {
    private static final int UNBOUNDED = Integer.MAX_VALUE;

    /** What the job runs with; only the record's size can be configured. */
    static InputBounds ofRecordBytes(int maxRecordBytes) {
        return new InputBounds(maxRecordBytes, 1_000, 64, 1 << 17, 4_096, 1 << 20, 100, 512, 255, 1_024);
    }

    /** No bounds at all, so that a benchmark can tell what they cost. */
    static InputBounds none() {
        return new InputBounds(
                UNBOUNDED, UNBOUNDED, UNBOUNDED, UNBOUNDED, UNBOUNDED, UNBOUNDED, UNBOUNDED, UNBOUNDED, UNBOUNDED,
                UNBOUNDED);
    }

    /** Whether a length is bounded: text of a key without a bound is not looked at either. */
    static boolean isBounded(int max) {
        return max != UNBOUNDED;
    }
}
