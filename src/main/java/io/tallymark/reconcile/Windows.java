package io.tallymark.reconcile;

import io.tallymark.usage.BillingHour;
import io.tallymark.usage.BillingPeriod;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Cuts the books of a lane into windows. Each hour is in exactly one of them, that of the last report told about it. */
final class Windows {
    private Windows() {}

    /** Those that begin in the stretch, and the billing periods that reach into it. */
    static List<Window> of(LaneBooks books, Instant from, Instant to) {
        Map<Span, List<HourBooks>> spans = new LinkedHashMap<>();
        for (HourBooks hour : books.hours()) {
            spans.computeIfAbsent(span(books, hour), span -> new ArrayList<>()).add(hour);
        }
        List<Window> windows = new ArrayList<>();
        spans.forEach((span, hours) -> {
            if (span.start().isBefore(to) && span.end().isAfter(from) && isWorthALook(hours)) {
                windows.add(new Window(books.lane(), span.side(), span.start(), span.end(), hours));
            }
        });
        return windows;
    }

    /** The window of a value that Stripe holds in an hour of which our books know nothing. */
    static Window stray(Lane lane, StripeSide side, Instant hour) {
        return new Window(lane, side, hour, afterHour(hour), List.of());
    }

    private static Span span(LaneBooks books, HourBooks hour) {
        Optional<StripeSide> side = hour.model().map(ReportLine::side);
        if (side.isPresent() && side.get().isByPeriod()) {
            BillingPeriod period = books.period(hour.hour());
            return new Span(side.get(), period.start(), period.end());
        }
        return new Span(side.orElse(null), hour.hour(), afterHour(hour.hour()));
    }

    private static Instant afterHour(Instant hour) {
        return Instant.ofEpochMilli(BillingHour.containing(hour).endMillis());
    }

    private static boolean isWorthALook(List<HourBooks> hours) {
        return hours.stream()
                .anyMatch(hour -> hour.table().signum() != 0 || !hour.reports().isEmpty());
    }

    private record Span(@Nullable StripeSide side, Instant start, Instant end) {}
}
