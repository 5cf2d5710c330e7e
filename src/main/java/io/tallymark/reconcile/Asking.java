package io.tallymark.reconcile;

import io.tallymark.usage.Delivery;
import io.tallymark.usage.HeldUsage;
import io.tallymark.usage.ReportSender;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts the windows of a lane to Stripe, a batch at a time; one that finds Stripe away ends it, and the rest counts as not asked. */
final class Asking {
    private static final Logger LOG = LoggerFactory.getLogger(Asking.class);

    private final ReportSender sender;

    Asking(ReportSender sender) {
        this.sender = sender;
    }

    /**
     * What Stripe said.
     *
     * @param pressure of the last call
     */
    record Answers(Map<Window, HeldValue> byWindow, int calls, Delivery.Pressure pressure) {}

    /** @param formerStrays hours that were strays once: looked at again, though Stripe may hold nothing there any more */
    Answers ask(LaneBooks books, List<Window> windows, Set<Instant> formerStrays) {
        Map<Window, HeldValue> answers = new LinkedHashMap<>();
        windows.forEach(window -> answers.put(window, HeldValue.NOT_ASKED));
        Set<Instant> known = books.hours().stream().map(HourBooks::hour).collect(Collectors.toSet());
        Delivery.Pressure pressure = Delivery.Pressure.NONE;
        int calls = 0;
        for (Batch batch : Batch.of(windows)) {
            HeldUsage held = call(batch);
            calls++;
            pressure = held.pressure();
            answers.putAll(batch.answers(held));
            Map<Instant, BigDecimal> strays = batch.strays(held);
            if (held.status() == HeldUsage.Status.READ && !batch.side().isByPeriod()) {
                formerStrays.stream()
                        .filter(batch::isWithin)
                        .forEach(hour -> strays.putIfAbsent(hour, BigDecimal.ZERO));
            }
            strays.forEach((hour, value) -> {
                if (!known.contains(hour) && (value.signum() != 0 || formerStrays.contains(hour))) {
                    answers.put(Windows.stray(books.lane(), batch.side(), hour), HeldValue.of(value));
                }
            });
            if (held.status() == HeldUsage.Status.UNREACHABLE) {
                break;
            }
        }
        return new Answers(answers, calls, pressure);
    }

    private HeldUsage call(Batch batch) {
        try {
            return sender.held(batch.question());
        } catch (RuntimeException e) {
            // A sender promises not to throw. The message is not kept, it could hold a key.
            LOG.warn("The sender failed with {} when asked", e.getClass().getName());
            return new HeldUsage(
                    HeldUsage.Status.UNREACHABLE,
                    Map.of(),
                    Delivery.Pressure.OUTAGE,
                    "sender failed: " + e.getClass().getName());
        }
    }
}
