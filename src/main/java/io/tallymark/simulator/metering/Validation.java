package io.tallymark.simulator.metering;

import io.tallymark.simulator.customers.Customers;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What happens to an event after its 200: later, by the simulator's clock, it counts or is dropped with an error event. Who wants to
 * read the outcome settles first. Thread safe.
 */
public final class Validation {
    private final InstantSource clock;
    private final Meters meters;
    private final Customers customers;
    private final UsageLedger usage;
    private final ErrorEvents errors;
    private final Deque<UsageEvent> waiting = new ArrayDeque<>();
    private Duration delay = Duration.ZERO;

    public Validation(InstantSource clock, Meters meters, Customers customers, UsageLedger usage, ErrorEvents errors) {
        this.clock = clock;
        this.meters = meters;
        this.customers = customers;
        this.usage = usage;
        this.errors = errors;
    }

    public synchronized void delay(Duration afterReceipt) {
        delay = afterReceipt;
    }

    synchronized void receive(UsageEvent event) {
        waiting.addLast(event);
        settle();
    }

    /** Validates whatever is due. */
    public void settle() {
        settle(clock.instant());
    }

    /** Validates whatever was due at an instant, which may have passed. */
    public synchronized void settle(Instant now) {
        Instant due = now.minus(delay);
        while (!waiting.isEmpty() && !waiting.getFirst().receivedAt().isAfter(due)) {
            UsageEvent event = waiting.removeFirst();
            validate(event, event.receivedAt().plus(delay));
        }
    }

    synchronized void cancel(UsageEvent event) {
        settle();
        if (!waiting.remove(event)) {
            usage.cancel(event);
        }
    }

    /** At the time at which it was due, though nobody looked then: summaries lag behind that. */
    private void validate(UsageEvent event, Instant at) {
        String problem = problemOf(event);
        if (problem.isEmpty()) {
            usage.add(meters.get(event.account().meterId()), event, at);
            return;
        }
        errors.add(new ErrorEvent(
                problem,
                event.account().meterId(),
                event.identifier(),
                event.account().customer(),
                at));
    }

    private String problemOf(UsageEvent event) {
        if (!event.problem().isEmpty()) {
            return event.problem();
        }
        if (!meters.isActive(event.account().meterId())) {
            return "archived_meter";
        }
        return customers.exists(event.account().customer()) ? "" : "meter_event_customer_not_found";
    }
}
