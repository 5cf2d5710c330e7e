package io.tallymark.catalog;

import io.tallymark.catalog.Change.Action;
import io.tallymark.usage.PrintableText;

/** A plan as people read it. */
public final class PlanText {
    private PlanText() {}

    /** The whole plan, and a line that counts. */
    public static String print(CatalogPlan plan) {
        if (plan.isEmpty()) {
            return "catalog: no changes, the account sells what the catalog says";
        }
        StringBuilder text = new StringBuilder();
        plan.changes().forEach(change -> text.append(print(change)).append('\n'));
        return text.append("plan: ").append(count(plan)).toString();
    }

    /** One change, with its facts. */
    static String print(Change change) {
        StringBuilder text =
                new StringBuilder(String.format("%4s %s%n", change.action().sign(), change.object()));
        change.details()
                .forEach(detail ->
                        text.append("       ").append(PrintableText.of(detail)).append('\n'));
        change.warnings()
                .forEach(warning -> text.append("     ! ").append(warning).append('\n'));
        return text.toString();
    }

    /** How many of each kind. */
    public static String count(CatalogPlan plan) {
        return plan.count(Action.CREATE) + " to create, " + plan.count(Action.UPDATE) + " to change, "
                + plan.count(Action.REPLACE) + " to replace, " + plan.count(Action.ARCHIVE) + " to archive";
    }
}
