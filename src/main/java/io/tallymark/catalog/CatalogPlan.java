package io.tallymark.catalog;

import io.tallymark.stripe.StripeCatalog;
import io.tallymark.usage.Meter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** What has to be done so that an account sells what the catalog says. Empty when it does. */
public record CatalogPlan(List<Change> changes) {
    public CatalogPlan {
        changes = List.copyOf(changes);
    }

    /**
     * Compares; makes no call.
     *
     * @param meters of tallymark.yaml
     */
    public static CatalogPlan of(Catalog catalog, List<Meter> meters, Account account) {
        List<Change> changes = new ArrayList<>();
        Marks marks = new Marks(catalog.name());
        Map<String, Ref> meterRefs = new MeterPlanner(account, changes).plan(MeterSpec.of(meters));
        ProductPlanner products = new ProductPlanner(account, marks, changes);
        Map<String, Ref> productRefs = products.plan(catalog.products());
        new PricePlanner(account, marks, changes, productRefs, meterRefs).plan(catalog);
        products.archiveOthers(catalog.products());
        return new CatalogPlan(changes);
    }

    public boolean isEmpty() {
        return changes.isEmpty();
    }

    /** The meters that would stop counting for the subscriptions that have them, by name. */
    public List<String> replacedMeters() {
        return changes.stream()
                .filter(change -> change.action() == Change.Action.REPLACE
                        && change.object().startsWith("meter "))
                .map(Change::object)
                .toList();
    }

    public long count(Change.Action action) {
        return changes.stream().filter(change -> change.action() == action).count();
    }

    /**
     * Carries it out, call by call. After a failure at any of them, a new plan of the account as it is by then leads on from there.
     *
     * @param done told of each change that is done
     */
    public void apply(StripeCatalog stripe, Consumer<Change> done) {
        Progress progress = new Progress(stripe);
        for (Change change : changes) {
            change.steps().forEach(step -> step.run(progress));
            done.accept(change);
        }
    }
}
