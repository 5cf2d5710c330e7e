package io.tallymark.simulator.call;

/** Answers a call. Layers, such as authentication or faults, are handlers that wrap another one. */
@FunctionalInterface
public interface Handler {
    /**
     * Answers one call.
     *
     * @throws Refusal for an error reply
     */
    ApiReply handle(ApiRequest request);

    /** The answer, whether it is an error or not. */
    default ApiReply answer(ApiRequest request) {
        try {
            return handle(request);
        } catch (Refusal refusal) {
            return refusal.toReply();
        }
    }
}
