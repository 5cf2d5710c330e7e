package io.tallymark.bench;

/** There is nothing to report: a run failed, or counted wrong. The message says all; where it was thrown says nothing. */
final class BenchFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BenchFailure(String message) {
        super(message);
    }
}
