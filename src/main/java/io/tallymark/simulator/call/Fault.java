package io.tallymark.simulator.call;

/** What can go wrong with a call. "Applied" means that the simulator did what was asked, whatever the client is told. */
public enum Fault {
    /** Nothing: the call passes. In a script, it lets a call through between two faults. */
    NONE(true),
    /** 429 with {@code Stripe-Rate-Limited-Reason} and {@code Retry-After: 1}; not applied. */
    RATE_LIMITED(false),
    /** 429 with code {@code lock_timeout} and without the limiter's header; not applied. */
    LOCK_TIMEOUT(false),
    /** 429 without any header or code; not applied. */
    TOO_MANY_PLAIN(false),
    /** 500 before the call is applied, kept under its Idempotency-Key. */
    SERVER_ERROR_BEFORE(true),
    /** 500 after the call was applied, kept under its Idempotency-Key. */
    SERVER_ERROR_AFTER(true),
    /** Not applied and never answered: the connection is held, then dropped. */
    TIMEOUT_BEFORE(false),
    /** Applied and never answered: the connection is held, then dropped. */
    TIMEOUT_AFTER(true),
    /** Not applied; the connection is dropped at once. */
    CONNECTION_DROP(false),
    /** Applied; the connection is dropped after half of the body. */
    RESET_MID_BODY(true),
    /** Applied; 200 with an empty body. */
    EMPTY_BODY(true),
    /** Applied; the body comes in byte by byte. */
    SLOW_BODY(true),
    /** Applied; 200 with text that is no JSON. */
    WRONG_JSON(true),
    /** Applied; 200 with the JSON of another kind of object. */
    OTHER_OBJECT(true),
    /** 409; not applied. */
    CONFLICT_409(false),
    /** 502 with a web page, as from a proxy; not applied. */
    BAD_GATEWAY_HTML(false),
    /** 503; not applied. */
    SERVICE_UNAVAILABLE(false);

    private final boolean reachesEndpoint;

    Fault(boolean reachesEndpoint) {
        this.reachesEndpoint = reachesEndpoint;
    }

    /** Whether the call goes past the limits and the Idempotency-Key. */
    public boolean reachesEndpoint() {
        return reachesEndpoint;
    }
}
