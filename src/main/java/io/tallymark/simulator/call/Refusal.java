package io.tallymark.simulator.call;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.Map;

/** An error reply in Stripe's shape, thrown by whoever finds the fault and answered at the door. */
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final String INVALID_REQUEST = "invalid_request_error";
    private static final String API_ERROR = "api_error";
    private static final Map<String, String> FINAL = Map.of("Stripe-Should-Retry", "false");

    private final int status;
    private final String type;
    private final String code;
    private final String param;
    private final Map<String, String> headers;

    private Refusal(int status, String type, String code, String param, String message, Map<String, String> headers) {
        super(message, null, false, false);
        this.status = status;
        this.type = type;
        this.code = code;
        this.param = param;
        this.headers = Map.copyOf(headers);
    }

    /** HTTP 400 about a parameter; empty code or param: none in the body. */
    public static Refusal badRequest(String code, String param, String message) {
        return invalid(400, code, param, message);
    }

    public static Refusal missing(String param) {
        return badRequest("parameter_missing", param, "Missing required param: " + param + ".");
    }

    public static Refusal noSuch(String what, String id) {
        return invalid(404, "resource_missing", "id", "No such " + what + ": '" + id + "'");
    }

    public static Refusal unauthorized(String message) {
        return new Refusal(
                401, INVALID_REQUEST, "", "", message, Map.of("WWW-Authenticate", "Bearer realm=\"Stripe\""));
    }

    public static Refusal unknownUrl(ApiRequest request) {
        return invalid(
                404,
                "",
                "",
                "Unrecognized request URL (" + request.method() + ": " + request.path()
                        + "). If you are trying to list objects, remove the trailing slash."
                        + " If you are trying to retrieve an object, make sure you passed a valid (non-empty) identifier.");
    }

    static Refusal wrongMethod(ApiRequest request) {
        return invalid(405, "", "", "The method " + request.method() + " is not allowed for " + request.path() + ".");
    }

    static Refusal tooLarge(int mostBytes) {
        return invalid(413, "", "", "Request body is longer than " + mostBytes + " bytes.");
    }

    /** The reply to an identifier that is still remembered; Stripe gives it no code. */
    public static Refusal duplicateEvent(String identifier) {
        return new Refusal(
                400, INVALID_REQUEST, "", "", "An event already exists with identifier " + identifier + ".", FINAL);
    }

    static Refusal lockTimeout() {
        return new Refusal(
                429,
                INVALID_REQUEST,
                "lock_timeout",
                "",
                "This object cannot be accessed right now because another API request or Stripe process is currently"
                        + " accessing it. If you see this error intermittently, retry the request.",
                Map.of("Stripe-Should-Retry", "true"));
    }

    /** A limiter's 429, which names the limit. */
    static Refusal rateLimited(String reason) {
        return new Refusal(
                429,
                INVALID_REQUEST,
                "rate_limit",
                "",
                "Request rate limit exceeded.",
                Map.of("Stripe-Rate-Limited-Reason", reason, "Retry-After", "1"));
    }

    /** A 429 that says nothing of its cause. */
    static Refusal tooMany() {
        return invalid(429, "", "", "Too many requests.");
    }

    static Refusal conflict() {
        return new Refusal(409, INVALID_REQUEST, "", "", "The request conflicts with another request.", Map.of());
    }

    /** The token of a meter event session is out of date. */
    public static Refusal expiredSession() {
        return new Refusal(
                401,
                "temporary_session_expired",
                "billing_meter_event_session_expired",
                "",
                "The meter event session has expired.",
                Map.of());
    }

    static Refusal serverError(int status) {
        return new Refusal(status, API_ERROR, "", "", "An unknown error occurred.", Map.of());
    }

    /** An Idempotency-Key misused: 400 for other parameters, 409 while its first call runs. */
    static Refusal idempotency(int status, String code, String message) {
        return new Refusal(status, "idempotency_error", code, "", message, Map.of());
    }

    public static Refusal brokenSimulator() {
        return new Refusal(500, API_ERROR, "", "", "The simulator failed; its log says why.", Map.of());
    }

    /** Stripe's code; empty without one. */
    public String code() {
        return code;
    }

    public ApiReply toReply() {
        Map<String, String> fields = new HashMap<>(Map.of("type", type, "message", String.valueOf(getMessage())));
        putUnlessEmpty(fields, "code", code);
        putUnlessEmpty(fields, "param", param);
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        ObjectNode error = body.putObject("error");
        fields.forEach(error::put);
        return ApiReply.of(status, headers, body, kept());
    }

    /** What comes of running the call is kept; what is found before it, such as a bad parameter or a limit, is not. */
    private boolean kept() {
        return status == 500 || code.equals("resource_missing") || headers.equals(FINAL);
    }

    private static Refusal invalid(int status, String code, String param, String message) {
        return new Refusal(status, INVALID_REQUEST, code, param, message, Map.of());
    }

    private static void putUnlessEmpty(Map<String, String> fields, String name, String value) {
        if (!value.isEmpty()) {
            fields.put(name, value);
        }
    }
}
