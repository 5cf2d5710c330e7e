package io.tallymark.preview;

import io.tallymark.rating.Pricing;
import io.tallymark.rating.Rated;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Collects our lines and Stripe's, and compares them price by price. */
final class Sheet {
    private final List<OwnLine> lines = new ArrayList<>();
    private final Map<Key, Entry> entries = new LinkedHashMap<>();

    private record Key(Part part, String price) {}

    /** One price, as far as it is known. */
    private static final class Entry {
        private final SoldPrice price;
        private Figures ours = Figures.NONE;
        private Figures theirs = Figures.NONE;
        private boolean unknown;
        private @Nullable Untold untold;
        private final List<String> notes = new ArrayList<>();

        Entry(SoldPrice price) {
            this.price = price;
        }
    }

    List<OwnLine> lines() {
        return lines;
    }

    List<Comparison> comparisons() {
        return entries.entrySet().stream()
                .map(entry -> comparison(entry.getKey(), entry.getValue()))
                .toList();
    }

    void theirs(Part part, SoldPrice price, Figures figures) {
        Entry entry = entry(part, price);
        entry.theirs = entry.theirs.plus(figures);
    }

    /**
     * What we reckon.
     *
     * @param quantity units of usage; below zero it bills as 0
     */
    void ours(Part part, SoldPrice price, BigDecimal quantity, Instant from, Instant to) {
        Optional<Pricing> pricing = price.pricing();
        if (pricing.isEmpty()) {
            unknown(part, price, "Stripe's only: neither catalog.yaml nor we can say what it charges");
            return;
        }
        Rated rated = pricing.get().rate(quantity);
        rated.lines().forEach(line -> lines.add(OwnLine.of(part, price.label(), line, from, to)));
        add(part, price, new Figures(quantity.max(BigDecimal.ZERO), new BigDecimal(rated.amount())));
    }

    /** What we reckon, as one line. */
    void ours(SoldPrice price, OwnLine line) {
        lines.add(line);
        add(line.part(), price, new Figures(line.quantity(), line.amount()));
    }

    /** Stripe's lines of it stand alone. */
    void unknown(Part part, SoldPrice price, String why) {
        Entry entry = entry(part, price);
        entry.unknown = true;
        if (!entry.notes.contains(why)) {
            entry.notes.add(why);
        }
    }

    /** Says what usage is below zero. */
    void credit(SoldPrice price, BigDecimal quantity) {
        entry(Part.USAGE, price)
                .notes
                .add("its usage is " + PreviewText.plain(quantity)
                        + ", which bills as 0: the next period takes it off, or ./tallymark close holds the invoice");
    }

    /** What explains a difference of usage. */
    void explain(SoldPrice price, Untold untold) {
        entry(Part.USAGE, price).untold = untold;
    }

    private void add(Part part, SoldPrice price, Figures figures) {
        Entry entry = entry(part, price);
        entry.ours = entry.ours.plus(figures);
    }

    private Entry entry(Part part, SoldPrice price) {
        return entries.computeIfAbsent(new Key(part, price.id()), key -> new Entry(price));
    }

    private static Comparison comparison(Key key, Entry entry) {
        List<String> reasons = new ArrayList<>(entry.notes);
        if (!entry.unknown) {
            if (entry.price.catalog() == null && key.part() != Part.OTHER) {
                reasons.add("catalog.yaml does not have it: reckoned by Stripe's price " + entry.price.id());
            }
            if (!entry.ours.equalsIn(entry.theirs)) {
                reasons.addAll(Reasons.of(key.part(), entry.price, entry.ours, entry.theirs, entry.untold));
            }
        }
        return new Comparison(
                key.part(), entry.price.label(), entry.unknown ? null : entry.ours, entry.theirs, reasons);
    }
}
