package io.tallymark.proof;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** What must be billed after some accepted records, with all of it in memory: an event counts once, unless it was ever voided. */
final class ProofModel {
    private final Map<String, ProofEvent> events = new HashMap<>();
    private final Set<String> voided = new HashSet<>();

    void sent(ProofEvent event, boolean isVoid) {
        if (isVoid) {
            voided.add(event.id());
        } else {
            events.put(event.id(), event);
        }
    }

    /** How many events there were, those that were voided included. */
    int size() {
        return events.size();
    }

    /** A customer's counted events by hour. */
    Map<Instant, List<ProofEvent>> byHour(String customer) {
        Map<Instant, List<ProofEvent>> hours = new HashMap<>();
        counted(event -> event.customer().equals(customer))
                .forEach(event -> hours.computeIfAbsent(event.hour(), none -> new ArrayList<>())
                        .add(event));
        return hours;
    }

    /** A customer's counted events of a time span. */
    List<ProofEvent> between(String customer, Instant start, Instant end) {
        return counted(event -> event.customer().equals(customer)
                && !event.time().isBefore(start)
                && event.time().isBefore(end));
    }

    private List<ProofEvent> counted(Predicate<ProofEvent> which) {
        return events.values().stream()
                .filter(event -> !voided.contains(event.id()))
                .filter(which)
                .toList();
    }
}
