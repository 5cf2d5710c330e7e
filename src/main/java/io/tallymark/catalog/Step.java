package io.tallymark.catalog;

/** A part of a change: a call, or a few that belong together. */
@FunctionalInterface
interface Step {
    void run(Progress progress);
}
