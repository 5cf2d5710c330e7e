package io.tallymark.simulator;

/**
 * A call, decoded.
 *
 * @param method HTTP method
 * @param path without the query
 * @param params of the query and the body
 * @param authorization the header; empty without one
 * @param requestId the id that its reply will carry
 */
record ApiRequest(String method, String path, Params params, String authorization, String requestId) {}
