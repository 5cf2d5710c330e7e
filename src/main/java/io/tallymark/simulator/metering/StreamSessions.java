package io.tallymark.simulator.metering;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tallymark.simulator.call.ApiReply;
import io.tallymark.simulator.call.CallHeaders;
import io.tallymark.simulator.call.Ids;
import io.tallymark.simulator.call.Params;
import io.tallymark.simulator.call.Refusal;
import io.tallymark.simulator.call.Routes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Hands out the tokens of the meter event stream, each good for 15 minutes by the simulator's clock. Thread safe. */
public final class StreamSessions {
    public static final String PATH = "/v2/billing/meter_event_session";
    static final Duration LIFETIME = Duration.ofMinutes(15);

    private final InstantSource clock;
    private final Ids ids = new Ids("mes_test_");
    private final Map<String, Instant> expiries = new ConcurrentHashMap<>();

    public StreamSessions(InstantSource clock) {
        this.clock = clock;
    }

    public void addTo(Routes routes) {
        routes.add("POST", PATH, (none, params) -> create(params));
    }

    /** Refuses a call whose bearer token is no token, or one whose time is over. */
    void requireToken(CallHeaders headers) {
        Instant expiry = Optional.ofNullable(expiries.get(headers.bearer()))
                .orElseThrow(() -> Refusal.unauthorized("Invalid authentication token."));
        if (!clock.instant().isBefore(expiry)) {
            throw Refusal.expiredSession();
        }
    }

    private ApiReply create(Params params) {
        params.allowOnly(List.of());
        Instant now = clock.instant();
        expiries.values().removeIf(expiry -> expiry.isBefore(now.minus(LIFETIME)));
        String id = ids.next();
        String token = "token_" + id;
        expiries.put(token, now.plus(LIFETIME));
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", id).put("object", "v2.billing.meter_event_session").put("livemode", false);
        json.put("authentication_token", token).put("created", now.toString());
        return ApiReply.ok(json.put("expires_at", now.plus(LIFETIME).toString()));
    }
}
