package io.tallymark.simulator.billing;

import io.tallymark.simulator.call.Routes;
import io.tallymark.simulator.metering.Validation;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/**
 * The time of all billing, in whole seconds as Stripe's, and the lock under which everything happens. Whoever holds the lock finds done
 * what was due up to {@link #now()}.
 */
final class BillingClock {
    private final InstantSource source;
    private final Agenda agenda;
    private final Validation validation;
    private Instant now = Instant.EPOCH;

    BillingClock(InstantSource source, Agenda agenda, Validation validation) {
        this.source = source;
        this.agenda = agenda;
        this.validation = validation;
    }

    /** The time of the last settlement, so that a whole call happens in one instant. */
    Instant now() {
        return now;
    }

    /** Does everything that is due, in order of its time. An event that counted only later is not billed before. */
    synchronized void settle() {
        now = source.instant().truncatedTo(ChronoUnit.SECONDS);
        agenda.run(now, validation::settle);
    }

    /** Settles, and then does something beside which nothing else happens. */
    synchronized void run(Runnable work) {
        settle();
        work.run();
    }

    /** As {@link #run}, of an endpoint. */
    Routes.Endpoint locked(Routes.Endpoint endpoint) {
        return (id, params) -> {
            synchronized (this) {
                settle();
                return endpoint.answer(id, params);
            }
        };
    }
}
