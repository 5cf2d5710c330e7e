package io.tallymark.customers;

import java.util.List;

/**
 * What an import would do, or did.
 *
 * @param problems mistakes in the file; with any of them nothing is done
 * @param added mappings of customers that had none
 * @param changed mappings that differ from what is stored
 * @param unchanged how many are stored already
 */
public record MappingPlan(List<Problem> problems, List<Mapping> added, List<Change> changed, long unchanged) {
    public MappingPlan {
        problems = List.copyOf(problems);
        added = List.copyOf(added);
        changed = List.copyOf(changed);
    }

    /**
     * A mapping that changes.
     *
     * @param toldHours hours whose usage Stripe was told under the former mapping: they stay with it
     * @param live subscriptions of the former Stripe customer that go on charging it, by the mirror
     */
    public record Change(Mapping before, Mapping after, long toldHours, List<String> live) {
        public Change {
            live = List.copyOf(live);
        }
    }
}
