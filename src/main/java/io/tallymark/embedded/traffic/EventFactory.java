package io.tallymark.embedded.traffic;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tallymark.embedded.traffic.Expectation.Addition;
import io.tallymark.usage.Fingerprint;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Draws events and writes down, from the same draws, what they add to each meter. */
final class EventFactory {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final List<String> SOURCES = List.of("/gateway/eu", "/gateway/us", "/batch");
    private static final List<String> REGIONS = List.of("eu", "us", "são-paulo");
    private static final List<String> MODELS = List.of("small", "large", "vision \"v2\"");
    private static final int WITHOUT_DIMENSION_PER_THOUSAND = 20;
    private static final int CACHED_PER_THOUSAND = 150;
    private static final int MAX_BYTES = 5_000_000;
    private static final int MAX_TOKENS = 20_000;
    private static final int MAX_CONTEXT = 128_000;
    private static final int MAX_PRICE_UNSCALED = 9_999;
    private static final int PRICE_SCALE = 6;
    private static final long ALTERED_BY_MILLIS = Duration.ofMinutes(1).toMillis();

    private final RandomGenerator random;
    private final Customers customers;
    private final String prefix;
    private final String idPrefix;
    /** Each source numbers its events from 0: ids alone meet all the time, only (source, id) is unique. */
    private final int[] nextIds = new int[SOURCES.size()];

    private int nextNumber;

    EventFactory(TrafficSettings settings, RandomGenerator random) {
        this.random = random;
        this.customers = new Customers(
                settings.prefix(), settings.customers(), settings.mix().hotCustomer());
        this.prefix = settings.prefix();
        this.idPrefix = Long.toHexString(settings.seed()) + "-";
    }

    EventDraft usage(EventTime time) {
        return random.nextBoolean() ? apiRequest(time) : completion(time);
    }

    /** {@code api.request}, counted by {@code api_requests} per region and summed by {@code api_bytes}. */
    EventDraft apiRequest(EventTime time) {
        ObjectNode envelope = envelope("api.request", time);
        ObjectNode data = envelope.putObject("data");
        String region = dimension(data, "region", REGIONS);
        BigDecimal bytes = putNumber(data, "bytes", new BigDecimal(random.nextInt(MAX_BYTES)));
        return draft(
                envelope,
                time,
                List.of(
                        new Addition(TrafficMeter.API_REQUESTS, region, BigDecimal.ONE),
                        new Addition(TrafficMeter.API_BYTES, "{}", bytes)));
    }

    /** {@code llm.completion}; a cached one costs no tokens. */
    EventDraft completion(EventTime time) {
        ObjectNode envelope = envelope("llm.completion", time);
        ObjectNode data = envelope.putObject("data");
        String model = dimension(data, "model", MODELS);
        boolean cached = oneOfThousand(CACHED_PER_THOUSAND);
        data.put("cached", cached);
        List<Addition> additions = new ArrayList<>();
        BigDecimal tokens = putNumber(data, "tokens", new BigDecimal(random.nextInt(MAX_TOKENS)));
        if (!cached) {
            additions.add(new Addition(TrafficMeter.LLM_TOKENS, model, tokens));
        }
        BigDecimal context = putNumber(data, "context", new BigDecimal(random.nextInt(MAX_CONTEXT)));
        additions.add(new Addition(TrafficMeter.LLM_PEAK_CONTEXT, "{}", context));
        BigDecimal price = BigDecimal.valueOf(random.nextInt(MAX_PRICE_UNSCALED), PRICE_SCALE);
        additions.add(new Addition(TrafficMeter.LLM_LAST_PRICE, "{}", putNumber(data, "price", price)));
        return draft(envelope, time, additions);
    }

    /** An event of a type that no meter listens to. */
    EventDraft unmetered(String type, EventTime time) {
        ObjectNode envelope = envelope(type, time);
        envelope.putObject("data").put("result", "ok");
        return new EventDraft(envelope, envelope.path("subject").textValue(), new Expectation.Ignored());
    }

    /** The same identity with another time or another quantity. */
    EventDraft altered(EventDraft event, Expectation.Usage usage) {
        ObjectNode envelope = event.envelope().deepCopy();
        if (envelope.has("time") && random.nextBoolean()) {
            long earlier = 1 + random.nextLong(ALTERED_BY_MILLIS);
            envelope.put(
                    "time", EventTime.draw(usage.timeMillis() - earlier, random).text());
        } else {
            ObjectNode data = (ObjectNode) envelope.path("data");
            String quantity = data.has("bytes") ? "bytes" : "context";
            data.put(quantity, new BigDecimal(data.path(quantity).asText()).add(BigDecimal.ONE));
        }
        return new EventDraft(envelope, event.customerId(), usage);
    }

    private EventDraft draft(ObjectNode envelope, EventTime time, List<Addition> additions) {
        String customer = envelope.path("subject").textValue();
        Fingerprint fingerprint = Fingerprint.of(
                envelope.path("source").textValue(), envelope.path("id").textValue());
        Expectation usage = new Expectation.Usage(
                nextNumber++, fingerprint, customer, time.millis(), List.copyOf(additions), false);
        return new EventDraft(envelope, customer, usage);
    }

    private ObjectNode envelope(String type, EventTime time) {
        int source = random.nextInt(SOURCES.size());
        return JSON.objectNode()
                .put("specversion", "1.0")
                .put("id", idPrefix + nextIds[source]++)
                .put("source", prefix + SOURCES.get(source))
                .put("type", type)
                .put("subject", customers.draw(random))
                .put("time", time.text());
    }

    /** Puts one of the values, or now and then none; returns the dimensions as the table has them. */
    private String dimension(ObjectNode data, String name, List<String> values) {
        Optional<String> value = oneOfThousand(WITHOUT_DIMENSION_PER_THOUSAND)
                ? Optional.empty()
                : Optional.of(values.get(random.nextInt(values.size())));
        value.ifPresent(present -> data.put(name, present));
        ObjectNode dimensions = JSON.objectNode();
        value.ifPresent(present -> dimensions.put(name, present));
        return dimensions.toString();
    }

    /** As a JSON number, or as a string holding one. */
    private BigDecimal putNumber(ObjectNode data, String name, BigDecimal number) {
        if (random.nextInt(4) == 0) {
            data.put(name, number.toPlainString());
        } else {
            data.put(name, number);
        }
        return number;
    }

    private boolean oneOfThousand(int perThousand) {
        return random.nextInt(TrafficMix.WHOLE) < perThousand;
    }
}
