package io.tallymark.reconcile;

import java.util.List;

/**
 * What a comparison found.
 *
 * @param agrees whether Stripe holds exactly what it was told, with no report unresolved: then accepted reports are confirmed
 * @param detail the reason, for a person
 * @param reports those that explain the difference, as far as any do
 */
record Verdict(Window window, HeldValue held, Kind kind, boolean agrees, String detail, List<ReportLine> reports) {
    Verdict {
        reports = List.copyOf(reports);
    }

    Finding finding() {
        return Finding.of(this);
    }
}
