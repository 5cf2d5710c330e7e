package io.tallymark.reconcile;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Adds up a reconciliation, in bounded memory. */
final class Tally {
    private final int mostListed;
    private final Map<Kind, Long> kinds = new EnumMap<>(Kind.class);
    private final List<Reconciled.Line> differences = new ArrayList<>();
    private final List<Reconciled.Line> others = new ArrayList<>();
    private long windows;
    private long pending;
    private long confirmed;
    private long repaired;
    private long notInOrder;

    /** @param mostListed lines kept of differences, and as many of the rest */
    Tally(int mostListed) {
        this.mostListed = mostListed;
    }

    void confirmed(int reports) {
        confirmed += reports;
    }

    void window(Finding finding) {
        windows++;
        count(finding, null);
    }

    /** @param refusal why it was not repaired; empty when it was */
    void repair(Finding finding, Optional<String> refusal) {
        windows++;
        if (refusal.isEmpty()) {
            repaired++;
        }
        count(finding, refusal.map(reason -> "not repaired: " + reason).orElse("repaired: the reporter tells it next"));
    }

    void ledger(List<Finding> findings) {
        findings.forEach(finding -> count(finding, null));
    }

    Reconciled result(Instant from, Instant to, Map<String, BigDecimal> accounts) {
        List<Reconciled.Line> lines = new ArrayList<>(differences);
        others.stream().limit(Math.max(0, mostListed - differences.size())).forEach(lines::add);
        return new Reconciled(
                from, to, accounts, kinds, windows, pending, confirmed, repaired, lines, notInOrder - lines.size());
    }

    private void count(Finding finding, @Nullable String repair) {
        kinds.merge(finding.kind(), 1L, Long::sum);
        if (finding.kind() == Kind.OK) {
            return;
        }
        notInOrder++;
        if (finding.isPending()) {
            pending++;
        }
        List<Reconciled.Line> lines = finding.kind().isDifference() ? differences : others;
        if (lines.size() < mostListed) {
            lines.add(new Reconciled.Line(finding, repair));
        }
    }
}
