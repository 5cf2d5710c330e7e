package io.tallymark.simulator.call;

import java.util.Map;

/** Answers in the endpoint's place, or changes its answer, as the call's fault demands. Faults of the connection are the {@link Delivery}'s. */
public final class FaultLayer implements Handler {
    private final Handler next;

    public FaultLayer(Handler next) {
        this.next = next;
    }

    @Override
    public ApiReply handle(ApiRequest request) {
        if (!request.fault().reachesEndpoint()) {
            return refused(request.fault());
        }
        ApiReply reply = next.answer(request);
        return switch (request.fault()) {
            case EMPTY_BODY -> ApiReply.text(200, "");
            case WRONG_JSON -> ApiReply.text(200, "upstream said: OK");
            case OTHER_OBJECT -> ApiReply.text(200, "{\"object\":\"scheduled_maintenance\",\"id\":42}");
            default -> reply;
        };
    }

    private static ApiReply refused(Fault fault) {
        return switch (fault) {
            case RATE_LIMITED -> Refusal.rateLimited("endpoint-rate").toReply();
            case LOCK_TIMEOUT -> Refusal.lockTimeout().toReply();
            case TOO_MANY_PLAIN -> Refusal.tooMany().toReply();
            case CONFLICT_409 -> Refusal.conflict().toReply();
            case SERVICE_UNAVAILABLE -> Refusal.serverError(503).toReply();
            case BAD_GATEWAY_HTML ->
                new ApiReply(
                        502, Map.of("Content-Type", "text/html"), "<html><body>502 Bad Gateway</body></html>", false);
            default -> ApiReply.NONE;
        };
    }
}
