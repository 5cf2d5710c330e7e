package io.tallymark.catalog;

import io.tallymark.config.ConfigSection;
import io.tallymark.config.Problems;
import io.tallymark.rating.Graduated;
import io.tallymark.rating.MinorUnit;
import io.tallymark.rating.Packages;
import io.tallymark.rating.PerUnit;
import io.tallymark.rating.Pricing;
import io.tallymark.rating.Tier;
import io.tallymark.rating.Volume;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads what a price charges: a fixed {@code amount}, a {@code unit-amount}, a {@code package} or {@code tiers}. */
final class PricingReader {
    private static final int MOST_DECIMALS = 12;
    private static final Pattern WHOLE = Pattern.compile("[1-9]\\d{0,14}");
    private static final List<String> FORMS = List.of("amount", "unit-amount", "package", "tiers");
    private static final Pricing NONE = new PerUnit(BigDecimal.ZERO);

    private final Problems problems;
    private final String currency;

    /** @param currency by which the largest amount goes */
    PricingReader(Problems problems, String currency) {
        this.problems = problems;
        this.currency = currency;
    }

    /** @param metered whether the price names a meter */
    Pricing read(ConfigSection price, boolean metered) {
        List<String> named = FORMS.stream().filter(price::has).toList();
        if (named.size() != 1) {
            problems.add(
                    price.key(FORMS.get(0)),
                    named.isEmpty()
                            ? "is missing: write amount for a fixed fee, or a meter with unit-amount, package or tiers"
                            : "only one of " + String.join(", ", named) + " can be charged: keep one");
            return NONE;
        }
        String form = named.get(0);
        boolean fixed = form.equals("amount");
        if (fixed == metered) {
            problems.add(
                    price.key(form),
                    fixed
                            ? "is a fixed fee, and the price has a meter: write unit-amount, package or tiers"
                            : "is for usage, and a metered price without a meter bills nothing: name the meter");
        }
        return switch (form) {
            case "package" -> packages(price.section("package"));
            case "tiers" -> tiers(price);
            case "amount" -> new PerUnit(fee(price, form).orElse(BigDecimal.ZERO));
            default -> new PerUnit(amount(price, form).orElse(BigDecimal.ZERO));
        };
    }

    private Pricing packages(ConfigSection section) {
        BigDecimal amount = required(section, "amount");
        long size = section.positive("size").orElse(1L);
        Packages.Round round = section.choice(
                "round", Packages.Round.UP, Map.of("up", Packages.Round.UP, "down", Packages.Round.DOWN));
        if (!section.has("size")) {
            problems.add(section.key("size"), "is missing");
        }
        section.finish();
        return new Packages(amount, size, round);
    }

    private Pricing tiers(ConfigSection price) {
        boolean graduated = price.choice("tiers-mode", true, Map.of("graduated", true, "volume", false));
        if (!price.has("tiers-mode")) {
            problems.add(
                    price.key("tiers-mode"),
                    "is missing: graduated charges each unit by its own tier, volume all of them by the last one's");
        }
        List<Tier> tiers = new ArrayList<>();
        long begin = 0;
        for (ConfigSection section : price.sections("tiers")) {
            Tier tier = tier(section, begin);
            begin = tier.upTo() == null ? begin : tier.upTo();
            tiers.add(tier);
            section.finish();
        }
        return pricing(price, graduated, tiers);
    }

    private Pricing pricing(ConfigSection price, boolean graduated, List<Tier> tiers) {
        try {
            return graduated ? new Graduated(tiers) : new Volume(tiers);
        } catch (IllegalArgumentException e) {
            problems.add(price.key("tiers"), String.valueOf(e.getMessage()));
            return NONE;
        }
    }

    private Tier tier(ConfigSection section, long begin) {
        checkFrom(section, begin);
        // A bound that cannot be read was named already; the next unit stands in for it.
        @Nullable
        Long upTo = isInfinite(section) ? null : section.positive("up-to").orElse(begin + 1);
        Optional<BigDecimal> unit = amount(section, "unit-amount");
        Optional<BigDecimal> flat = fee(section, "flat-amount").filter(fee -> fee.signum() > 0);
        if (!section.has("unit-amount") && !section.has("flat-amount")) {
            problems.add(section.key("unit-amount"), "is missing: write 0 for a free tier");
        }
        return new Tier(upTo, unit.orElse(BigDecimal.ZERO), flat.orElse(null));
    }

    private static boolean isInfinite(ConfigSection section) {
        return section.text("up-to", "inf").equals("inf");
    }

    /** Nobody needs to write where a tier begins; who does is told when it is not where the one before ends. */
    private void checkFrom(ConfigSection section, long begin) {
        if (!section.has("from")) {
            return;
        }
        String from = section.text("from", "");
        Optional<Long> first = WHOLE.matcher(from).matches() ? Optional.of(Long.parseLong(from)) : Optional.empty();
        if ((begin == 0 && from.equals("0"))
                || first.filter(unit -> unit == begin + 1).isPresent()) {
            return;
        }
        String what = first.isEmpty()
                ? " is no whole number of 1 or more"
                : first.get() > begin + 1
                        ? " leaves a gap after unit " + begin + ", where the tier before ends"
                        : " overlaps the tier before, which ends at " + begin;
        problems.add(section.key("from"), from + what + ": remove it, or write " + (begin + 1));
    }

    private BigDecimal required(ConfigSection section, String name) {
        if (!section.has(name)) {
            problems.add(section.key(name), "is missing");
        }
        return amount(section, name).orElse(BigDecimal.ZERO);
    }

    /** Of a fee a fraction of the minor unit is hardly ever meant: 49.00 was to be 49 euros, and would be 49 cents. */
    private Optional<BigDecimal> fee(ConfigSection section, String name) {
        Optional<BigDecimal> fee = amount(section, name);
        if (fee.filter(value -> value.scale() > 0).isPresent()) {
            problems.add(
                    section.key(name),
                    fee.get().toPlainString() + " has decimals, and amounts are in the minor unit: write "
                            + fee.get().movePointRight(2).toBigInteger() + " for "
                            + fee.get().toPlainString() + " of a currency with cents, or a whole number");
            return Optional.empty();
        }
        return fee;
    }

    private Optional<BigDecimal> amount(ConfigSection section, String name) {
        Optional<BigDecimal> amount = section.decimal(name, MOST_DECIMALS);
        BigDecimal largest = BigDecimal.valueOf(MinorUnit.largest(currency));
        if (amount.filter(value -> value.compareTo(largest) > 0).isPresent()) {
            problems.add(section.key(name), amount.get().toPlainString() + " is more than Stripe's " + largest);
            return Optional.empty();
        }
        return amount;
    }
}
