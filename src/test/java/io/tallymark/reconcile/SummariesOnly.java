package io.tallymark.reconcile;

import io.tallymark.usage.BillingHour;
import io.tallymark.usage.Delivery;
import io.tallymark.usage.HeldUsage;
import io.tallymark.usage.ReportSender;
import io.tallymark.usage.UsageQuestion;
import io.tallymark.usage.UsageReport;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A Stripe that can only be asked: what it holds is written down by the test. */
public final class SummariesOnly implements ReportSender {
    private final Map<String, Map<Instant, BigDecimal>> held = new HashMap<>();
    private final List<UsageQuestion> questions = new ArrayList<>();
    private HeldUsage.Status status = HeldUsage.Status.READ;
    private Runnable whileAsked = () -> {};

    public void holds(String target, String customer, Instant hour, String value) {
        held.computeIfAbsent(target + " " + customer, unseen -> new HashMap<>()).put(hour, new BigDecimal(value));
    }

    public void answers(HeldUsage.Status other) {
        status = other;
    }

    /** What happens between a question and its answer, once. */
    void whileAsked(Runnable event) {
        whileAsked = event;
    }

    public List<UsageQuestion> questions() {
        return questions;
    }

    @Override
    public HeldUsage held(UsageQuestion question) {
        questions.add(question);
        Runnable event = whileAsked;
        whileAsked = () -> {};
        event.run();
        if (status != HeldUsage.Status.READ) {
            Delivery.Pressure pressure =
                    status == HeldUsage.Status.UNREACHABLE ? Delivery.Pressure.OUTAGE : Delivery.Pressure.NONE;
            return new HeldUsage(status, Map.of(), pressure, "as the test wants it");
        }
        Map<Instant, BigDecimal> hours = new HashMap<>();
        held.getOrDefault(question.target() + " " + question.stripeCustomerId(), Map.of())
                .forEach((hour, value) -> {
                    if (!hour.isBefore(question.start()) && hour.isBefore(question.end())) {
                        hours.put(hour, value);
                    }
                });
        return HeldUsage.of(question.hourly() ? hours : total(question, hours));
    }

    private static Map<Instant, BigDecimal> total(UsageQuestion question, Map<Instant, BigDecimal> hours) {
        return Map.of(question.start(), hours.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add));
    }

    @Override
    public Delivery send(UsageReport report) {
        throw new AssertionError(
                "reconciliation never sends " + report + " of hour " + BillingHour.containing(report.timestamp()));
    }

    @Override
    public void close() {}
}
