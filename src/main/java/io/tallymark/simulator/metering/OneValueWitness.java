package io.tallymark.simulator.metering;

import io.tallymark.simulator.call.ApiReply;
import io.tallymark.simulator.call.ApiRequest;
import io.tallymark.simulator.call.Fingerprints;
import io.tallymark.simulator.call.Handler;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Sees every meter event that was ever sent, whether a fault or a rule refused it or not, and tells which identifiers came with two
 * different payloads. It remembers the first {@value Fingerprints#MOST} identifiers, without a time limit. Thread safe.
 */
public final class OneValueWitness implements Handler {
    private static final int MOST_KEPT = 1_000;

    private final Handler next;
    private final Fingerprints payloads = new Fingerprints();
    private final List<String> contradictions = new ArrayList<>();

    public OneValueWitness(Handler next) {
        this.next = next;
    }

    @Override
    public ApiReply handle(ApiRequest request) {
        if (request.method().equals("POST")) {
            switch (request.path()) {
                case MeterEvents.PATH -> see(request.params().values());
                case EventStream.PATH -> EventStream.split(request.params()).forEach(event -> see(event.values()));
                default -> {}
            }
        }
        return next.answer(request);
    }

    /** At most {@value #MOST_KEPT}, oldest first; one entry for each time that a payload differed from the first. */
    public synchronized List<String> contradictions() {
        return List.copyOf(contradictions);
    }

    private void see(Map<String, String> params) {
        String identifier = params.getOrDefault("identifier", "");
        if (identifier.isEmpty()) {
            return;
        }
        Map<String, String> payload = new TreeMap<>(params);
        payload.replaceAll((name, value) -> name.startsWith("payload") ? plain(value) : value);
        compare(identifier, payload.toString());
    }

    private synchronized void compare(String identifier, String payload) {
        if (!payloads.matches(identifier, payload) && contradictions.size() < MOST_KEPT) {
            contradictions.add(identifier);
        }
    }

    /** 5.0 is 5. */
    private static String plain(String value) {
        if (value.indexOf('.') < 0) {
            return value;
        }
        try {
            return new BigDecimal(value).stripTrailingZeros().toPlainString();
        } catch (NumberFormatException e) {
            return value;
        }
    }
}
