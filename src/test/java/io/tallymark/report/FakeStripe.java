package io.tallymark.report;

import io.tallymark.usage.Delivery;
import io.tallymark.usage.HeldUsage;
import io.tallymark.usage.ReportMode;
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
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * Stripe's memory as facts/stripe.md has it: identifiers and keys are recognised for 24 h and count again after that. What is held is
 * kept by timestamp: totals replace it, differences add to it; of a billing period's values the newest timestamp's is the one.
 */
final class FakeStripe implements ReportSender {
    private static final Duration IDENTIFIER_MEMORY = Duration.ofHours(24);

    /** What goes wrong with one call. */
    enum Fault {
        NONE,
        LOST_BEFORE_STRIPE,
        LOST_AFTER_STRIPE,
        /** A failure that is kept under the call's key: repeating cannot tell. */
        FAILED_BEFORE_FOR_A_DAY,
        FAILED_AFTER_FOR_A_DAY,
        REFUSED
    }

    private boolean silent;
    private long questions;
    private final Map<String, NavigableMap<Instant, BigDecimal>> held = new HashMap<>();
    private final Map<String, Instant> identifiers = new HashMap<>();
    private final Map<String, Instant> storedFailures = new HashMap<>();
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
    public synchronized Delivery send(UsageReport report) {
        calls.add(report);
        UsageReport before = everSaid.putIfAbsent(report.identifier(), report);
        if (before != null && !before.equals(report)) {
            contradictions.add(report.identifier());
        }
        return switch (script.isEmpty() ? Fault.NONE : script.poll()) {
            case LOST_BEFORE_STRIPE -> failed(Delivery.Outcome.UNKNOWN);
            case FAILED_BEFORE_FOR_A_DAY -> {
                if (report.mode().isUsageRecord()) {
                    storedFailures.put(report.identifier(), now);
                }
                yield failed(doubtOf(report));
            }
            case REFUSED -> new Delivery(Delivery.Outcome.REJECTED, "req_no", "400 no such customer", 0);
            case LOST_AFTER_STRIPE -> {
                receive(report);
                yield failed(Delivery.Outcome.UNKNOWN);
            }
            case FAILED_AFTER_FOR_A_DAY -> {
                receive(report);
                yield failed(doubtOf(report));
            }
            case NONE -> receive(report);
        };
    }

    /** Whether calls succeed, but questions do not, as with a restricted key. */
    synchronized void answerNoQuestions(boolean none) {
        silent = none;
    }

    synchronized long questions() {
        return questions;
    }

    @Override
    public synchronized HeldUsage held(UsageQuestion question) {
        questions++;
        if (silent) {
            return new HeldUsage(HeldUsage.Status.UNREACHABLE, Map.of(), Delivery.Pressure.NONE, "HTTP 403");
        }
        NavigableMap<Instant, BigDecimal> values = values(question.target(), question.stripeCustomerId())
                .subMap(question.start(), true, question.end(), false);
        if (question.hourly()) {
            return HeldUsage.of(values);
        }
        if (question.mode() == ReportMode.PERIOD_TOTAL) {
            return HeldUsage.of(
                    values.isEmpty()
                            ? Map.of()
                            : Map.of(question.start(), values.lastEntry().getValue()));
        }
        return HeldUsage.of(
                Map.of(question.start(), values.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add)));
    }

    /** Somebody else's usage. */
    synchronized void count(String target, String stripeCustomerId, Instant at, String value) {
        values(target, stripeCustomerId).merge(at, new BigDecimal(value), BigDecimal::add);
    }

    /** What Stripe holds at the start of an hour. */
    synchronized BigDecimal held(String target, String stripeCustomerId, Instant hour) {
        return values(target, stripeCustomerId).getOrDefault(hour, BigDecimal.ZERO);
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

    private Delivery receive(UsageReport report) {
        // A call that comes late has the same key, and gets the answer of the one that overtook it.
        if (isRemembered(storedFailures, report)) {
            return failed(doubtOf(report));
        }
        if (isRemembered(identifiers, report)) {
            return new Delivery(Delivery.Outcome.ACCEPTED, "req_dup", "already exists", 0);
        }
        identifiers.put(report.identifier(), now);
        NavigableMap<Instant, BigDecimal> values = values(report.target(), report.stripeCustomerId());
        if (report.mode().addsUp()) {
            values.merge(report.timestamp(), report.value(), BigDecimal::add);
        } else {
            values.put(report.timestamp(), report.value());
        }
        return new Delivery(Delivery.Outcome.ACCEPTED, "req_" + calls.size(), "", 0);
    }

    private boolean isRemembered(Map<String, Instant> memory, UsageReport report) {
        Instant since = memory.get(report.identifier());
        return since != null && since.plus(IDENTIFIER_MEMORY).isAfter(now);
    }

    private NavigableMap<Instant, BigDecimal> values(String target, String stripeCustomerId) {
        return held.computeIfAbsent(target + "/" + stripeCustomerId, key -> new TreeMap<>());
    }

    private static Delivery.Outcome doubtOf(UsageReport report) {
        return report.mode().isUsageRecord() ? Delivery.Outcome.DOUBTFUL : Delivery.Outcome.UNKNOWN;
    }

    private static Delivery failed(Delivery.Outcome outcome) {
        return new Delivery(outcome, "", "timed out", 0);
    }
}
