package io.tallymark.simulator.call;

/** Turns a call into a 500 before or after it is applied. It stands behind the Idempotency-Key, which therefore remembers the 500. */
public final class ServerErrorLayer implements Handler {
    private final Handler next;

    public ServerErrorLayer(Handler next) {
        this.next = next;
    }

    @Override
    public ApiReply handle(ApiRequest request) {
        return switch (request.fault()) {
            case SERVER_ERROR_BEFORE -> Refusal.serverError(500).toReply();
            case SERVER_ERROR_AFTER -> {
                next.answer(request);
                yield Refusal.serverError(500).toReply();
            }
            default -> next.answer(request);
        };
    }
}
