package io.tallymark.simulator.events;

import io.tallymark.simulator.call.ApiReply;
import io.tallymark.simulator.events.EventDelivery.State;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Tells endpoints of events, at most {@value #MOST_IN_FLIGHT} at a time: begun in order of creation, but as at Stripe nobody may count
 * on the order of arrival. An answer with 2xx acknowledges; all else is retried by the simulator's clock. Thread safe.
 */
final class EventDeliveries implements AutoCloseable {
    private static final int MOST_IN_FLIGHT = 16;
    private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(20);

    private final InstantSource clock;
    private final WebhookEndpoints endpoints;
    private final EventPost post = new EventPost(ANSWERED_WITHIN);
    private final Map<String, List<Ongoing>> byEvent = new LinkedHashMap<>();
    /** Those that wait, in order of creation. */
    private final Set<Ongoing> waiting = new LinkedHashSet<>();

    private int inFlight;
    private boolean closed;

    EventDeliveries(InstantSource clock, WebhookEndpoints endpoints) {
        this.clock = clock;
        this.endpoints = endpoints;
    }

    /** One event on its way to one endpoint. */
    private static final class Ongoing {
        private final AccountEvent event;
        private EventDelivery standing;
        private Optional<Instant> firstAttempt = Optional.empty();

        Ongoing(AccountEvent event, EventDelivery standing) {
            this.event = event;
            this.standing = standing;
        }
    }

    synchronized void add(AccountEvent event) {
        List<Ongoing> deliveries = endpoints.wanting(event.type()).stream()
                .map(endpoint -> new Ongoing(
                        event,
                        new EventDelivery(
                                event.id(),
                                event.type(),
                                endpoint.id(),
                                State.WAITING,
                                0,
                                EventPost.NO_ANSWER,
                                event.at())))
                .toList();
        if (!deliveries.isEmpty()) {
            byEvent.put(event.id(), deliveries);
            waiting.addAll(deliveries);
        }
    }

    synchronized void forget(String eventId) {
        byEvent.remove(eventId);
        waiting.removeIf(delivery -> delivery.event.id().equals(eventId));
    }

    /** Starts what is due. */
    synchronized void settle() {
        Instant now = clock.instant();
        List<Ongoing> due = waiting.stream()
                .filter(delivery -> delivery.firstAttempt.isEmpty()
                        || !delivery.standing.nextAt().isAfter(now))
                .toList();
        for (Ongoing delivery : due) {
            if (inFlight >= MOST_IN_FLIGHT || closed) {
                return;
            }
            waiting.remove(delivery);
            attempt(delivery, now);
        }
    }

    /** Endpoints, of those that are enabled, that have not acknowledged the event. */
    synchronized int pending(String eventId) {
        return (int) of(eventId).stream()
                .filter(delivery -> delivery.state() != State.ACKNOWLEDGED)
                .filter(delivery -> enabled(delivery).isPresent())
                .count();
    }

    synchronized List<EventDelivery> of(String eventId) {
        return byEvent.getOrDefault(eventId, List.of()).stream()
                .map(delivery -> delivery.standing)
                .toList();
    }

    @Override
    public synchronized void close() {
        closed = true;
        post.close();
    }

    private Optional<WebhookEndpoint> enabled(EventDelivery delivery) {
        return endpoints.find(delivery.endpointId()).filter(endpoint -> !endpoint.disabled());
    }

    private void attempt(Ongoing delivery, Instant now) {
        Optional<WebhookEndpoint> endpoint = enabled(delivery.standing);
        if (endpoint.isEmpty()) {
            delivery.standing = delivery.standing.givenUp();
            return;
        }
        if (delivery.firstAttempt.isEmpty()) {
            delivery.firstAttempt = Optional.of(now);
        }
        delivery.standing = delivery.standing.inFlight();
        inFlight++;
        String body =
                ApiReply.ok(delivery.event.toJson(pending(delivery.event.id()))).body();
        String signature = SignatureHeader.of(body, endpoint.get().secret(), now);
        // Answered on another thread, never within this call: the lock is held here.
        CompletableFuture<Void> unused =
                post.send(endpoint.get().url(), body, signature).thenAcceptAsync(status -> answered(delivery, status));
    }

    private synchronized void answered(Ongoing delivery, int status) {
        inFlight--;
        Instant now = clock.instant();
        if (status >= 200 && status < 300) {
            delivery.standing = delivery.standing.answered(status, State.ACKNOWLEDGED, now);
        } else {
            Optional<Instant> next =
                    RetrySchedule.next(delivery.firstAttempt.orElse(now), now, delivery.standing.attempts() + 1);
            State then = next.isPresent() ? State.WAITING : State.GIVEN_UP;
            delivery.standing = delivery.standing.answered(status, then, next.orElse(now));
            if (next.isPresent() && byEvent.containsKey(delivery.event.id())) {
                waiting.add(delivery);
            }
        }
        settle();
    }
}
