package io.tallymark.customers;

import java.util.List;

/**
 * What an import of items would do, or did.
 *
 * @param problems mistakes in the file; with any of them nothing is done
 * @param written items that are new or differ from what is stored
 * @param unchanged how many are stored already
 */
public record ItemPlan(List<Problem> problems, List<Item> written, long unchanged) {
    public ItemPlan {
        problems = List.copyOf(problems);
        written = List.copyOf(written);
    }
}
