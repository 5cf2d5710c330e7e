package io.tallymark.simulator;

import io.tallymark.simulator.call.Faults;
import io.tallymark.simulator.call.RequestLog;
import io.tallymark.simulator.events.EventDelivery;
import io.tallymark.simulator.metering.LegacyItem;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/** The page that shows a person what the simulator holds: bounded lists, newest first. */
final class AdminPage {
    private static final int MOST_ROWS = 200;
    private static final int MOST_REQUESTS = 50;
    private static final int MOST_EVENTS = 50;

    private final InstantSource clock;
    private final SimulatedState state;
    private final Faults faults;
    private final RequestLog requests;

    AdminPage(InstantSource clock, SimulatedState state, Faults faults, RequestLog requests) {
        this.clock = clock;
        this.state = state;
        this.faults = faults;
        this.requests = requests;
    }

    String render() {
        state.validation().settle();
        return new Html()
                .title("Stripe simulator")
                .note("Clock " + text(clock.instant()) + " · " + requests.count() + " calls · " + faults.injected()
                        + " with a fault · " + state.errors().kept().size() + " dropped events · "
                        + faults.waiting() + " faults waiting" + (faults.outage() ? " · outage" : ""))
                .code(
                        "curl -X POST '…/_simulator/faults?next=RATE_LIMITED,TIMEOUT_AFTER' · '…/_simulator/faults?outage=on'"
                                + " · '…/_simulator/clock?advance=30h'"
                                + " · '…/_simulator/legacy_items?customer=cus_…&anchor=2026-11-01T00:00:00Z'")
                .table("Meters", List.of("Id", "Event name", "Formula", "Window", "Status"), meters())
                .table("Customers", List.of("Id", "Name"), customers())
                .table("Products", List.of("Id", "Name", "Status"), products())
                .table("Prices", List.of("Id", "Product", "Lookup key", "Charges", "Status"), prices())
                .table("Usage by hour", List.of("Hour", "Event name", "Customer", "Value", "Events"), usage())
                .table("Dropped events", List.of("At", "Code", "Meter", "Customer", "Identifier"), errors())
                .table("Legacy items", List.of("Id", "Customer", "Aggregate", "Period", "Usage"), items())
                .table("Webhook endpoints", List.of("Id", "Status", "URL", "Events"), endpoints())
                .table("Events", List.of("At", "Id", "Type", "Deliveries"), events())
                .table("Calls", List.of("At", "Call", "Status", "Fault", "Parameters"), calls())
                .end();
    }

    private List<List<String>> meters() {
        return firstOf(state.meters().all()).stream()
                .map(meter -> List.of(
                        meter.id(),
                        meter.eventName(),
                        meter.formula(),
                        meter.window().isEmpty() ? "raw" : meter.window(),
                        meter.active() ? "active" : "inactive"))
                .toList();
    }

    private List<List<String>> customers() {
        return firstOf(state.customers().named()).stream()
                .map(customer -> List.of(customer.id(), customer.deleted() ? "(deleted)" : customer.name()))
                .toList();
    }

    private List<List<String>> products() {
        return firstOf(state.prices().products().newestFirst()).stream()
                .map(product -> List.of(product.id(), product.name(), product.active() ? "active" : "archived"))
                .toList();
    }

    private List<List<String>> prices() {
        return firstOf(state.prices().newestFirst()).stream()
                .map(price -> List.of(
                        price.id(),
                        price.terms().product(),
                        price.lookupKey(),
                        price.terms().inWords(),
                        price.active() ? "active" : "archived"))
                .toList();
    }

    private List<List<String>> usage() {
        return state.usage().newestHours(MOST_ROWS).stream()
                .map(hour -> List.of(
                        Instant.ofEpochSecond(hour.startSeconds()).toString(),
                        hour.meter().eventName(),
                        hour.customer(),
                        hour.bucket().aggregate(hour.meter().formula()).toPlainString(),
                        Long.toString(hour.bucket().count())))
                .toList();
    }

    private List<List<String>> errors() {
        return firstOf(reversed(state.errors().kept())).stream()
                .map(event ->
                        List.of(text(event.at()), event.code(), event.meterId(), event.customer(), event.identifier()))
                .toList();
    }

    private List<List<String>> items() {
        return firstOf(state.items().newestFirst()).stream().map(this::item).toList();
    }

    private List<String> item(LegacyItem item) {
        LegacyItem.Period period = item.periodOf(clock.instant());
        return List.of(
                item.id(),
                item.customer(),
                item.aggregate().apiName(),
                Instant.ofEpochSecond(period.start()) + " to " + Instant.ofEpochSecond(period.end()),
                state.items().shown(item, period).toPlainString());
    }

    private List<List<String>> endpoints() {
        return state.events().endpoints().newestFirst().stream()
                .map(endpoint -> List.of(
                        endpoint.id(),
                        endpoint.status(),
                        endpoint.url().toString(),
                        String.join(" ", endpoint.enabledEvents())))
                .toList();
    }

    private List<List<String>> events() {
        return state.events().newestFirst().stream()
                .limit(MOST_EVENTS)
                .map(event -> List.of(
                        text(event.at()),
                        event.id(),
                        event.type(),
                        state.events().deliveries(event.id()).stream()
                                .map(EventDelivery::inWords)
                                .collect(Collectors.joining(" · "))))
                .toList();
    }

    private List<List<String>> calls() {
        return reversed(requests.kept()).stream()
                .limit(MOST_REQUESTS)
                .map(call -> List.of(
                        text(call.at()),
                        call.method() + " " + call.path(),
                        Integer.toString(call.status()),
                        call.fault(),
                        call.params().entrySet().stream()
                                .limit(12)
                                .map(param -> param.getKey() + "=" + param.getValue())
                                .collect(Collectors.joining(" "))))
                .toList();
    }

    private static String text(Instant instant) {
        return instant.truncatedTo(ChronoUnit.MILLIS).toString();
    }

    private static <T> List<T> firstOf(List<T> all) {
        return all.subList(0, Math.min(MOST_ROWS, all.size()));
    }

    private static <T> List<T> reversed(List<T> oldestFirst) {
        List<T> newestFirst = new ArrayList<>(oldestFirst);
        Collections.reverse(newestFirst);
        return newestFirst;
    }
}
