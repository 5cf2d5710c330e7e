package io.tallymark.simulator.metering;

import io.tallymark.simulator.call.Ids;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One report per meter and window of validation, as of the window's end; the newest {@value #MOST_KEPT} are kept. Thread safe.
 */
final class ErrorReports {
    /** As long as in the example of Stripe's manual. */
    static final Duration WINDOW = Duration.ofSeconds(10);

    static final Duration LISTED = Duration.ofDays(30);
    static final int MOST_KEPT = 10_000;

    private final Ids ids = new Ids("evt_test_");
    private final Map<Window, ErrorReport> oldestFirst = new LinkedHashMap<>();

    private record Window(String meterId, long number) {}

    synchronized void add(ErrorEvent event) {
        long number = Math.floorDiv(event.at().getEpochSecond(), WINDOW.toSeconds());
        oldestFirst
                .computeIfAbsent(new Window(event.meterId(), number), this::open)
                .add(event);
        if (oldestFirst.size() > MOST_KEPT) {
            Iterator<ErrorReport> oldest = oldestFirst.values().iterator();
            oldest.next();
            oldest.remove();
        }
    }

    /** Those whose window is over, of the last 30 days, newest first. */
    synchronized List<ErrorReport> newestFirst(Instant now) {
        List<ErrorReport> over = new ArrayList<>();
        for (ErrorReport report : oldestFirst.values()) {
            if (!report.created().isAfter(now) && report.created().isAfter(now.minus(LISTED))) {
                over.add(report);
            }
        }
        Collections.reverse(over);
        return over;
    }

    private ErrorReport open(Window window) {
        Instant start = Instant.ofEpochSecond(window.number() * WINDOW.toSeconds());
        return new ErrorReport(ids.next(), window.meterId(), start, start.plus(WINDOW));
    }
}
