package io.tallymark.simulator.call;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Runs a call with an Idempotency-Key once: a repeat within 24 hours gets the first reply again, a 500 included. Replies that come
 * before a call runs, such as a limiter's or a bad parameter's, are not kept. Unlike Stripe it remembers the newest
 * {@value #MOST_KEPT} keys only. Thread safe.
 */
public final class IdempotentReplies implements Handler {
    static final Duration REMEMBERED = Duration.ofHours(24);
    static final int MOST_CHARACTERS = 255;
    static final int MOST_KEPT = 100_000;

    private final Handler next;
    private final InstantSource clock;
    private final Map<String, FirstCall> oldestFirst = new LinkedHashMap<>();

    public IdempotentReplies(Handler next, InstantSource clock) {
        this.next = next;
        this.clock = clock;
    }

    /** The call that used a key first, and its reply; none while it runs. */
    private record FirstCall(long fingerprint, Instant at, ApiReply reply) {
        boolean running() {
            return reply.equals(ApiReply.NONE);
        }
    }

    @Override
    public ApiReply handle(ApiRequest request) {
        String key = request.headers().idempotencyKey();
        if (key.isEmpty() || !request.method().equals("POST")) {
            return next.answer(request);
        }
        requireShort(key);
        FirstCall mine = new FirstCall(fingerprint(request), clock.instant(), ApiReply.NONE);
        return enter(key, mine).map(first -> replay(key, first, mine)).orElseGet(() -> run(key, mine, request));
    }

    private ApiReply run(String key, FirstCall mine, ApiRequest request) {
        try {
            ApiReply reply = next.answer(request);
            request.end().then(() -> leave(key, mine, reply));
            return reply;
        } catch (RuntimeException e) {
            leave(key, mine, ApiReply.NONE);
            throw e;
        }
    }

    private static ApiReply replay(String key, FirstCall first, FirstCall mine) {
        if (first.fingerprint() != mine.fingerprint()) {
            throw Refusal.idempotency(
                    400,
                    "",
                    "Keys for idempotent requests can only be used with the same parameters they were first used with."
                            + " Try using a key other than '" + key + "' if you meant to execute a different request.");
        }
        if (first.running()) {
            throw Refusal.idempotency(
                    409,
                    "idempotency_key_in_use",
                    "There is currently another in-progress request using this Idempotent Key (that probably means you"
                            + " submitted twice, and the other request is still going through): " + key);
        }
        return first.reply().with("Idempotent-Replayed", "true");
    }

    /** The first call of the key, unless it is this one. */
    private synchronized Optional<FirstCall> enter(String key, FirstCall mine) {
        forget(mine.at());
        return Optional.ofNullable(oldestFirst.putIfAbsent(key, mine));
    }

    private synchronized void leave(String key, FirstCall mine, ApiReply reply) {
        if (reply.kept()) {
            oldestFirst.replace(key, new FirstCall(mine.fingerprint(), mine.at(), reply));
        } else {
            oldestFirst.remove(key);
        }
    }

    private void forget(Instant now) {
        Instant horizon = now.minus(REMEMBERED);
        Iterator<FirstCall> calls = oldestFirst.values().iterator();
        while (calls.hasNext()) {
            boolean expired = !calls.next().at().isAfter(horizon);
            if (!expired && oldestFirst.size() < MOST_KEPT) {
                return;
            }
            calls.remove();
        }
    }

    private static void requireShort(String key) {
        if (key.length() > MOST_CHARACTERS) {
            throw Refusal.idempotency(
                    400, "", "Idempotency-Key must be at most " + MOST_CHARACTERS + " characters long.");
        }
    }

    private static long fingerprint(ApiRequest request) {
        return Fingerprints.hash(
                request.path() + " " + new TreeMap<>(request.params().values()));
    }
}
