package io.tallymark.report;

/** Told of each {@link ReportStep} as it is reached; for tests that end a reporter there. */
@FunctionalInterface
interface StepListener {
    StepListener NONE = step -> {};

    void reached(ReportStep step);
}
