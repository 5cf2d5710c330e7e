package io.tallymark.simulator;

/** Answers a call. Layers, such as authentication or scripted faults, are handlers that wrap another one. */
@FunctionalInterface
interface Handler {
    /**
     * Answers one call.
     *
     * @throws Refusal for an error reply
     */
    ApiReply handle(ApiRequest request);
}
