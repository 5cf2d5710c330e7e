package io.tallymark.simulator;

import io.tallymark.simulator.billing.Billing;
import io.tallymark.simulator.call.Handler;
import io.tallymark.simulator.call.Routes;
import io.tallymark.simulator.catalog.Prices;
import io.tallymark.simulator.customers.Customers;
import io.tallymark.simulator.events.AccountEvents;
import io.tallymark.simulator.metering.Adjustments;
import io.tallymark.simulator.metering.CoreEvents;
import io.tallymark.simulator.metering.ErrorEvents;
import io.tallymark.simulator.metering.EventStream;
import io.tallymark.simulator.metering.Identifiers;
import io.tallymark.simulator.metering.LegacyItems;
import io.tallymark.simulator.metering.MeterEvents;
import io.tallymark.simulator.metering.Meters;
import io.tallymark.simulator.metering.StreamSessions;
import io.tallymark.simulator.metering.StreamedEvents;
import io.tallymark.simulator.metering.Summaries;
import io.tallymark.simulator.metering.UsageLedger;
import io.tallymark.simulator.metering.UsageRecords;
import io.tallymark.simulator.metering.Validation;
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
    private final AccountEvents events = new AccountEvents();
    private final Billing billing;
    private final Routes routes = new Routes();

    SimulatedState(InstantSource clock) {
        meters = new Meters(clock);
        customers = new Customers(clock, events);
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
        billing = new Billing(clock, new Billing.Account(customers, prices, meters, usage, items, validation, events));
        billing.addTo(routes);
    }

    /** Each call finds everything done that was due before it. */
    Handler endpoints() {
        return request -> {
            billing.settle();
            return routes.handle(request);
        };
    }

    Billing billing() {
        return billing;
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
