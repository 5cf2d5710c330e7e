package io.tallymark.catalog;

/** One call that changes the account. */
@FunctionalInterface
interface Step {
    void run(Progress progress);
}
