package io.tallymark.simulator.events;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tallymark.simulator.call.ApiReply;
import io.tallymark.simulator.call.Ids;
import io.tallymark.simulator.call.Metadata;
import io.tallymark.simulator.call.Page;
import io.tallymark.simulator.call.Params;
import io.tallymark.simulator.call.Refusal;
import io.tallymark.simulator.call.Routes;
import io.tallymark.simulator.call.Shelf;
import io.tallymark.usage.Secret;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The webhook endpoints, at most {@value #MOST}, and the calls that change them. Thread safe. */
public final class WebhookEndpoints {
    static final String PATH = "/v1/webhook_endpoints";
    static final int MOST = 16;

    private static final int LONGEST_URL = 2_048;
    private static final int LAST_PORT = 65_535;
    private static final int LONGEST_DESCRIPTION = 5_000;
    private static final List<String> CREATE = List.of("url", "enabled_events[*]", "description", "metadata[*]");
    private static final List<String> UPDATE =
            List.of("url", "enabled_events[*]", "description", "metadata[*]", "disabled");

    private final InstantSource clock;
    private final Ids ids = new Ids("we_");
    // Counted like all ids, so that a run repeats exactly; the simulator guards nothing that is worth a real secret.
    private final Ids secrets = new Ids("whsec_simulator");
    private final Shelf<WebhookEndpoint> endpoints = new Shelf<>();

    WebhookEndpoints(InstantSource clock) {
        this.clock = clock;
    }

    void addTo(Routes routes) {
        routes.add("POST", PATH, (none, params) -> create(params))
                .add("GET", PATH, (none, params) -> list(params))
                .add("GET", PATH + "/{}", this::retrieve)
                .add("POST", PATH + "/{}", this::update)
                .add("DELETE", PATH + "/{}", this::delete);
    }

    public List<WebhookEndpoint> newestFirst() {
        return endpoints.newestFirst();
    }

    Optional<WebhookEndpoint> find(String id) {
        return endpoints.find(id);
    }

    /** Those that are to be told of an event of that type. */
    List<WebhookEndpoint> wanting(String type) {
        return newestFirst().stream().filter(endpoint -> endpoint.wants(type)).toList();
    }

    private ApiReply create(Params params) {
        params.allowOnly(CREATE);
        WebhookEndpoint endpoint = new WebhookEndpoint(
                ids.next(),
                url(params.required("url", LONGEST_URL)),
                enabledEvents(params).orElseThrow(() -> Refusal.missing("enabled_events")),
                false,
                params.text("description", LONGEST_DESCRIPTION).orElse(""),
                Metadata.merged(Map.of(), params),
                new Secret(secrets.next()),
                clock.instant().getEpochSecond());
        synchronized (endpoints) {
            if (newestFirst().size() >= MOST) {
                throw Refusal.badRequest(
                        "", "", "You have reached the maximum of " + MOST + " test webhook endpoints.");
            }
            endpoints.put(endpoint.id(), endpoint);
        }
        return ApiReply.ok(endpoint.toJson().put("secret", endpoint.secret().reveal()));
    }

    private ApiReply update(String id, Params params) {
        params.allowOnly(UPDATE);
        synchronized (endpoints) {
            WebhookEndpoint before = get(id);
            WebhookEndpoint endpoint = new WebhookEndpoint(
                    id,
                    params.text("url", LONGEST_URL).map(WebhookEndpoints::url).orElse(before.url()),
                    enabledEvents(params).orElse(before.enabledEvents()),
                    params.flag("disabled").orElse(before.disabled()),
                    description(before, params),
                    Metadata.merged(before.metadata(), params),
                    before.secret(),
                    before.createdSeconds());
            endpoints.put(id, endpoint);
            return ApiReply.ok(endpoint.toJson());
        }
    }

    private ApiReply list(Params params) {
        params.allowOnly(Page.PARAMS);
        return Page.of(newestFirst().stream().map(WebhookEndpoint::toJson).toList(), PATH, params);
    }

    private ApiReply retrieve(String id, Params params) {
        params.allowOnly(List.of());
        return ApiReply.ok(get(id).toJson());
    }

    private ApiReply delete(String id, Params params) {
        params.allowOnly(List.of());
        synchronized (endpoints) {
            ObjectNode json = get(id).toJson().removeAll();
            endpoints.remove(id);
            return ApiReply.ok(
                    json.put("id", id).put("object", "webhook_endpoint").put("deleted", true));
        }
    }

    private WebhookEndpoint get(String id) {
        return find(id).orElseThrow(() -> Refusal.noSuch("webhook endpoint", id));
    }

    private static String description(WebhookEndpoint before, Params params) {
        return params.isUnset("description")
                ? ""
                : params.text("description", LONGEST_DESCRIPTION).orElse(before.description());
    }

    private static Optional<List<String>> enabledEvents(Params params) {
        List<String> types = List.copyOf(params.hash("enabled_events").values());
        for (String type : types) {
            if (!type.equals(WebhookEndpoint.ALL_EVENTS) && !type.matches("[a-z0-9_]+(\\.[a-z0-9_]+)+")) {
                throw Refusal.badRequest("", "enabled_events", "Invalid enabled_events: " + type + " is no event type");
            }
        }
        return Optional.of(types).filter(named -> !named.isEmpty());
    }

    /** Stripe wants https in live mode; here a receiver on this machine is what one has. */
    private static URI url(String text) {
        try {
            URI url = URI.create(text);
            boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
            boolean port = url.getPort() >= -1 && url.getPort() <= LAST_PORT;
            if (http && port && url.getHost() != null && url.getUserInfo() == null) {
                return url;
            }
        } catch (IllegalArgumentException e) {
            throw invalidUrl();
        }
        throw invalidUrl();
    }

    private static Refusal invalidUrl() {
        return Refusal.badRequest(
                "url_invalid", "url", "Invalid URL: An explicit scheme (such as https) must be provided.");
    }
}
