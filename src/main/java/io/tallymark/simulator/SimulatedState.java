package io.tallymark.simulator;

import java.time.InstantSource;

/** Everything that a simulated account knows, and the endpoints that read and change it. */
final class SimulatedState {
    private final Meters meters;
    private final Customers customers;
    private final UsageLedger usage;
    private final ErrorEvents errors = new ErrorEvents();
    private final Validation validation;
    private final LegacyItems items;
    private final Prices prices;
    private final MeterEvents meterEvents;
    private final Routes routes = new Routes();

    SimulatedState(InstantSource clock) {
        meters = new Meters(clock);
        customers = new Customers(clock);
        usage = new UsageLedger(clock);
        validation = new Validation(clock, meters, customers, usage, errors);
        items = new LegacyItems(clock);
        prices = new Prices(clock, meters, items);
        meters.addTo(routes);
        prices.addTo(routes);
        customers.addTo(routes);
        Identifiers identifiers = new Identifiers();
        meterEvents = new MeterEvents(clock, meters, validation, identifiers);
        meterEvents.addTo(routes);
        StreamSessions sessions = new StreamSessions(clock);
        sessions.addTo(routes);
        new EventStream(sessions, new StreamedEvents(clock, meters, identifiers, validation)).addTo(routes);
        new Adjustments(clock, meters, identifiers, validation).addTo(routes);
        new CoreEvents(clock, validation, errors.reports()).addTo(routes);
        new Summaries(meters, usage, validation).addTo(routes);
        new UsageRecords(clock, items).addTo(routes);
    }

    Handler endpoints() {
        return routes;
    }

    Meters meters() {
        return meters;
    }

    Customers customers() {
        return customers;
    }

    MeterEvents meterEvents() {
        return meterEvents;
    }

    UsageLedger usage() {
        return usage;
    }

    Validation validation() {
        return validation;
    }

    ErrorEvents errors() {
        return errors;
    }

    Prices prices() {
        return prices;
    }

    LegacyItems items() {
        return items;
    }
}
