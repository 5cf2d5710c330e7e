package io.tallymark.catalog;

import io.tallymark.catalog.Change.Action;
import io.tallymark.stripe.StripeMeter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Plans the meters. What a meter counts never changes, and at most one active meter listens to an event name. */
final class MeterPlanner {
    private final Account account;
    private final List<Change> changes;

    MeterPlanner(Account account, List<Change> changes) {
        this.account = account;
        this.changes = changes;
    }

    /** @return by event name */
    Map<String, Ref> plan(List<MeterSpec> specs) {
        Map<String, Ref> refs = new HashMap<>();
        for (MeterSpec spec : specs) {
            refs.put(spec.eventName(), new Ref(true, spec.eventName(), plan(spec)));
        }
        return refs;
    }

    /** @return its id, empty when it is to be created */
    private String plan(MeterSpec spec) {
        Optional<StripeMeter> active = account.activeMeter(spec.eventName());
        if (active.filter(spec::isMetBy).isPresent()) {
            return active.get().id();
        }
        Optional<StripeMeter> earlier = account.meters().stream()
                .filter(meter -> !meter.active() && spec.isMetBy(meter))
                .findFirst();
        String object = "meter " + spec.eventName();
        if (active.isPresent()) {
            changes.add(replace(object, spec, active.get(), earlier));
        } else if (earlier.isPresent()) {
            String id = earlier.get().id();
            changes.add(new Change(
                    Action.UPDATE,
                    object,
                    List.of("status: inactive → active (" + id + ")"),
                    List.of(),
                    List.of(reactivate(id))));
        } else {
            changes.add(new Change(Action.CREATE, object, List.of(spec.inWords()), List.of(), List.of(create(spec))));
        }
        return earlier.map(StripeMeter::id).orElse("");
    }

    private static Change replace(String object, MeterSpec spec, StripeMeter old, Optional<StripeMeter> earlier) {
        return new Change(
                Action.REPLACE,
                object,
                List.of(MeterSpec.inWords(old) + " → " + spec.inWords(), "replaces " + old.id()),
                List.of(
                        "subscriptions whose prices count " + old.id() + " bill no more usage until each is moved to a"
                                + " price of the new meter",
                        "stop the reporting job before: what is reported in between is rejected and needs ./tallymark"
                                + " reconcile --repair; and it does not start with the new mode while hours told in the old"
                                + " one may be told again, 35 days or more: another stripe.event-name gets a meter of its"
                                + " own instead"),
                List.of(
                        progress -> progress.stripe().deactivateMeter(old.id()),
                        earlier.map(meter -> reactivate(meter.id())).orElseGet(() -> create(spec))));
    }

    private static Step reactivate(String id) {
        return progress -> progress.stripe().reactivateMeter(id);
    }

    private static Step create(MeterSpec spec) {
        return progress -> progress.meterCreated(
                spec.eventName(),
                progress.stripe()
                        .createMeter(spec.eventName(), spec.displayName(), spec.formula(), spec.window())
                        .id());
    }
}
