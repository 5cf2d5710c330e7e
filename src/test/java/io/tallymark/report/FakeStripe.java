package io.tallymark.report;

import io.tallymark.usage.Delivery;
import io.tallymark.usage.HeldUsage;
import io.tallymark.usage.ReportSender;
import io.tallymark.usage.UsageQuestion;
import io.tallymark.usage.UsageReport;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Stripe's memory as facts/stripe.md has it: identifiers are refused for 24 h and count again after that; a meter with an hour window
 * keeps the last total received, a raw meter adds up. Event names that start with "raw" are raw meters.
 */
final class FakeStripe implements ReportSender {
    private static final Duration IDENTIFIER_MEMORY = Duration.ofHours(24);

    /** What goes wrong with one call. */
    enum Fault {
        NONE,
        LOST_BEFORE_STRIPE,
        LOST_AFTER_STRIPE,
        REFUSED
    }

    private final Map<DueHour, BigDecimal> held = new HashMap<>();
    private final Map<String, Instant> identifiers = new HashMap<>();
    private final Map<String, UsageReport> everSaid = new HashMap<>();
    private final Set<String> contradictions = new HashSet<>();
    private final List<UsageReport> calls = new ArrayList<>();
    private final Deque<Fault> script = new ArrayDeque<>();
    private Instant now = Instant.EPOCH;

    /** The next calls, in order; afterwards all goes well. */
    synchronized void failNext(Fault... faults) {
        script.addAll(List.of(faults));
    }

    synchronized void forgetScript() {
        script.clear();
    }

    synchronized void advance(Duration time) {
        now = now.plus(time);
    }

    @Override
    public synchronized Delivery send(UsageReport event) {
        calls.add(event);
        UsageReport before = everSaid.putIfAbsent(event.identifier(), event);
        if (before != null && !before.equals(event)) {
            contradictions.add(event.identifier());
        }
        return switch (script.isEmpty() ? Fault.NONE : script.poll()) {
            case LOST_BEFORE_STRIPE -> unknown();
            case REFUSED -> new Delivery(Delivery.Outcome.REJECTED, "req_no", "400 no such customer", 0);
            case LOST_AFTER_STRIPE -> {
                receive(event);
                yield unknown();
            }
            case NONE -> receive(event);
        };
    }

    private Delivery receive(UsageReport event) {
        Instant received = identifiers.get(event.identifier());
        if (received != null && received.plus(IDENTIFIER_MEMORY).isAfter(now)) {
            return new Delivery(Delivery.Outcome.ACCEPTED, "req_dup", "already exists", 0);
        }
        identifiers.put(event.identifier(), now);
        DueHour key = key(event.target(), event.stripeCustomerId(), event.timestamp());
        if (event.target().startsWith("raw")) {
            held.merge(key, event.value(), BigDecimal::add);
        } else {
            held.put(key, event.value());
        }
        return new Delivery(Delivery.Outcome.ACCEPTED, "req_" + calls.size(), "", 0);
    }

    @Override
    public synchronized HeldUsage held(UsageQuestion question) {
        Map<Instant, BigDecimal> values = new HashMap<>();
        for (Instant hour = question.start(); hour.isBefore(question.end()); hour = hour.plus(Duration.ofHours(1))) {
            values.put(hour, held(question.target(), question.stripeCustomerId(), hour));
        }
        return HeldUsage.of(values);
    }

    /** What Stripe would bill for the hour. */
    synchronized BigDecimal held(String eventName, String stripeCustomerId, Instant hour) {
        return held.getOrDefault(key(eventName, stripeCustomerId, hour), BigDecimal.ZERO);
    }

    synchronized List<UsageReport> calls() {
        return List.copyOf(calls);
    }

    /** Identifiers that said two different things: never allowed. */
    synchronized Set<String> contradictions() {
        return Set.copyOf(contradictions);
    }

    @Override
    public void close() {}

    private static DueHour key(String eventName, String stripeCustomerId, Instant hour) {
        return DueHour.of(eventName, stripeCustomerId, hour);
    }

    private static Delivery unknown() {
        return new Delivery(Delivery.Outcome.UNKNOWN, "", "timed out", 0);
    }
}
