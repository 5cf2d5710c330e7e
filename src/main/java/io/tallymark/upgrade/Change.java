package io.tallymark.upgrade;

/**
 * A difference between two configurations.
 *
 * @param refused whether the job would end at its start on the old one's state
 * @param what differs
 * @param effect what it does
 */
public record Change(boolean refused, String what, String effect) {
    static Change refused(String what, String effect) {
        return new Change(true, what, effect);
    }

    static Change noted(String what, String effect) {
        return new Change(false, what, effect);
    }
}
