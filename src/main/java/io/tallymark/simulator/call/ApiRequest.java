package io.tallymark.simulator.call;

/**
 * A call, decoded.
 *
 * @param method HTTP method
 * @param path without the query
 * @param params of the query and the body
 * @param headers those that matter
 * @param requestId the id that its reply will carry
 * @param fault what is to go wrong with it
 * @param end what is to be done before its reply leaves
 */
public record ApiRequest(
        String method, String path, Params params, CallHeaders headers, String requestId, Fault fault, CallEnd end) {
    public ApiRequest withParams(Params decoded) {
        return new ApiRequest(method, path, decoded, headers, requestId, fault, end);
    }
}
