package io.tallymark.simulator.events;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tallymark.simulator.call.ApiReply;
import io.tallymark.simulator.call.Ids;
import io.tallymark.simulator.call.Page;
import io.tallymark.simulator.call.Params;
import io.tallymark.simulator.call.Refusal;
import io.tallymark.simulator.call.Routes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What happened in the account, told to whoever wants to know. Of the newest {@value #MOST_KEPT} events, those of the last 30 days are
 * listed. Thread safe.
 */
public final class AccountEvents implements AutoCloseable {
    static final int MOST_KEPT = 20_000;

    private static final String PATH = "/v1/events";
    private static final Duration LISTED = Duration.ofDays(30);
    private static final List<String> LIST = Stream.concat(
                    Page.PARAMS.stream(), Stream.of("type", "types[*]", "created", "created[*]", "delivery_success"))
            .toList();

    private final InstantSource clock;
    private final Ids ids = new Ids("evt_");
    private final Map<String, AccountEvent> oldestFirst = new LinkedHashMap<>();
    private final WebhookEndpoints endpoints;
    private final EventDeliveries deliveries;

    public AccountEvents(InstantSource clock) {
        this.clock = clock;
        endpoints = new WebhookEndpoints(clock);
        deliveries = new EventDeliveries(clock, endpoints);
    }

    public void addTo(Routes routes) {
        endpoints.addTo(routes);
        routes.add("GET", PATH, (none, params) -> list(params)).add("GET", PATH + "/{}", this::retrieve);
    }

    /**
     * Something happened. Returns at once; endpoints are told by the next {@link #settle}.
     *
     * @param type such as {@code invoice.created}
     * @param object the whole object afterwards; a copy is kept
     * @param at by the simulator's clock
     */
    public synchronized AccountEvent emit(String type, ObjectNode object, Instant at) {
        AccountEvent event = new AccountEvent(ids.next(), type, object.deepCopy(), at);
        oldestFirst.put(event.id(), event);
        deliveries.add(event);
        if (oldestFirst.size() > MOST_KEPT) {
            String oldest = oldestFirst.keySet().iterator().next();
            oldestFirst.remove(oldest);
            deliveries.forget(oldest);
        }
        return event;
    }

    /** Whether every enabled endpoint that wants the event has answered with 2xx; true when none wants it. */
    public boolean acknowledged(AccountEvent event) {
        return deliveries.pending(event.id()) == 0;
    }

    /** Starts the attempts that are due by the simulator's clock. Returns at once. */
    public void settle() {
        deliveries.settle();
    }

    public WebhookEndpoints endpoints() {
        return endpoints;
    }

    /** How the deliveries of an event stand, one for each endpoint that it was meant for. */
    public List<EventDelivery> deliveries(String eventId) {
        return deliveries.of(eventId);
    }

    /** Those of the last 30 days. */
    public synchronized List<AccountEvent> newestFirst() {
        Instant oldest = clock.instant().minus(LISTED);
        List<AccountEvent> newest = new ArrayList<>(oldestFirst.values());
        newest.removeIf(event -> event.at().isBefore(oldest));
        Collections.reverse(newest);
        return newest;
    }

    @Override
    public void close() {
        deliveries.close();
    }

    private ApiReply list(Params params) {
        params.allowOnly(LIST);
        EventFilter filter = EventFilter.of(params);
        return Page.of(
                newestFirst().stream()
                        .filter(event -> filter.shows(event, deliveries.pending(event.id())))
                        .map(this::json)
                        .toList(),
                PATH,
                params);
    }

    private ApiReply retrieve(String id, Params params) {
        params.allowOnly(List.of());
        return newestFirst().stream()
                .filter(event -> event.id().equals(id))
                .findFirst()
                .map(event -> ApiReply.ok(json(event)))
                .orElseThrow(() -> Refusal.noSuch("event", id));
    }

    private ObjectNode json(AccountEvent event) {
        return event.toJson(deliveries.pending(event.id()));
    }
}
