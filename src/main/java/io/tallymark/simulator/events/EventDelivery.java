package io.tallymark.simulator.events;

import java.time.Instant;
import java.util.Locale;

/**
 * How the delivery of an event to an endpoint stands.
 *
 * @param attempts those that ended; a first one may be in flight at 0
 * @param lastStatus HTTP status of the last one; 0 when there was no answer
 * @param nextAt when the next attempt is due, by the simulator's clock; means nothing once it is over
 */
public record EventDelivery(
        String eventId, String type, String endpointId, State state, int attempts, int lastStatus, Instant nextAt) {

    /** Where it stands. */
    public enum State {
        WAITING,
        IN_FLIGHT,
        ACKNOWLEDGED,
        /** No answer with 2xx for as long as Stripe tries, or the endpoint was disabled or deleted meanwhile. */
        GIVEN_UP
    }

    /** For people: {@code we_1 acknowledged after 1 attempt (200)}. */
    public String inWords() {
        String words = state.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        return endpointId + " " + words + " after " + attempts + (attempts == 1 ? " attempt" : " attempts")
                + (attempts == 0 ? "" : " (" + lastStatus + ")");
    }

    EventDelivery inFlight() {
        return new EventDelivery(eventId, type, endpointId, State.IN_FLIGHT, attempts, lastStatus, nextAt);
    }

    EventDelivery answered(int status, State then, Instant next) {
        return new EventDelivery(eventId, type, endpointId, then, attempts + 1, status, next);
    }

    EventDelivery givenUp() {
        return new EventDelivery(eventId, type, endpointId, State.GIVEN_UP, attempts, lastStatus, nextAt);
    }
}
