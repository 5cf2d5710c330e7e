package io.tallymark.embedded.traffic;

/**
 * How many records there are about one event that has voids. What becomes of them follows from these numbers alone, not from the order
 * of arrival.
 */
final class Story {
    private final Expectation.Usage event;
    private long events;
    private long voids;
    private long mismatches;

    Story(Expectation.Usage event) {
        this.event = event;
    }

    void addEvent() {
        events++;
    }

    void addVoid(boolean matching) {
        if (matching) {
            voids++;
        } else {
            mismatches++;
        }
    }

    Expectation.Usage event() {
        return event;
    }

    boolean counted() {
        return events > 0;
    }

    boolean withdrawn() {
        return events > 0 && voids > 0;
    }

    boolean voidWaiting() {
        return events == 0;
    }

    long refusedVoids() {
        return events > 0 ? mismatches : 0;
    }

    /** All that were not the first of their kind; with no event in sight a void that does not match is a void like any other. */
    long duplicates() {
        long others = events > 0 ? voids : voids + mismatches;
        return Math.max(0, events - 1) + Math.max(0, others - 1);
    }
}
