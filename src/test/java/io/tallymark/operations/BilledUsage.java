package io.tallymark.operations;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What should be in the table: every event once, by the rule of the release that counts it. Release 1 counts every request, the later
 * ones only what says that it is billable; all of them count the same bytes, the later ones by region. A release that resumes an older
 * savepoint counts anew what came after it.
 */
final class BilledUsage {
    /** The release that counts everything, also while it does not report. */
    private static final Set<String> GENEROUS = Set.of("1", "1-metering");

    private static final int CUSTOMERS = 3;
    private static final int HOURS = 2;

    private final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    private final List<Event> events = new ArrayList<>();
    private final Map<String, Integer> eventsBySavepoint = new TreeMap<>();
    private String release = "1";

    private record Event(int number, Instant time, boolean billable, String release) {
        private String customer() {
            return BilledUsage.customer(number % CUSTOMERS);
        }

        private long bytes() {
            return number + 1L;
        }

        private boolean isBilled() {
            return billable || GENEROUS.contains(release);
        }

        private Event countedBy(String other) {
            return new Event(number, time, billable, other);
        }

        private String json() {
            return """
                    {"id": "event-%d", "source": "/operations", "type": "api.request", "subject": "%s", "time": "%s",
                     "data": {"bytes": %d, "billable": "%s", "region": "%s"}}
                    """.formatted(number, customer(), time, bytes(), billable, number % 2 == 0 ? "eu" : "us");
        }
    }

    static List<String> customers() {
        return List.of(customer(0), customer(1), customer(2));
    }

    /** A new event, half of them of an hour that is over. */
    synchronized String next(boolean billable) {
        Event event = new Event(
                events.size(), now.minus(events.size() / CUSTOMERS % HOURS * 2L, ChronoUnit.HOURS), billable, release);
        events.add(event);
        return event.json();
    }

    /** An event once more. */
    synchronized String again(int number) {
        return events.get(number).json();
    }

    synchronized int size() {
        return events.size();
    }

    /** What has come so far is in this savepoint; what comes now is not. */
    synchronized void stopped(String savepoint) {
        eventsBySavepoint.put(savepoint, events.size());
    }

    /** What came after the state is counted by this release, as is what comes from now on. */
    synchronized void started(String startedRelease, String state) {
        release = startedRelease;
        int first = eventsBySavepoint.getOrDefault(state, events.size());
        events.subList(first, events.size()).replaceAll(event -> event.countedBy(startedRelease));
    }

    /** Whether the job writes bytes without their region. */
    synchronized boolean regionless() {
        return GENEROUS.contains(release);
    }

    /** Quantities by metric, customer and hour. */
    synchronized Map<String, BigDecimal> totals() {
        Map<String, BigDecimal> totals = new TreeMap<>();
        for (Event event : events) {
            String of = " " + event.customer() + " " + event.time().truncatedTo(ChronoUnit.HOURS);
            totals.merge("api_bytes" + of, BigDecimal.valueOf(event.bytes()), BigDecimal::add);
            if (event.isBilled()) {
                totals.merge("api_requests" + of, BigDecimal.ONE, BigDecimal::add);
            }
        }
        return totals;
    }

    private static String customer(int number) {
        return "customer-" + number;
    }
}
