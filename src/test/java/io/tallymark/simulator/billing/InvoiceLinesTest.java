package io.tallymark.simulator.billing;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.rating.Graduated;
import io.tallymark.rating.Packages;
import io.tallymark.rating.PerUnit;
import io.tallymark.rating.Pricing;
import io.tallymark.rating.RatedLine;
import io.tallymark.rating.Tier;
import io.tallymark.rating.Volume;
import io.tallymark.simulator.catalog.PriceTier;
import io.tallymark.simulator.catalog.SimulatedPrice;
import io.tallymark.simulator.catalog.SimulatedProduct;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class InvoiceLinesTest {
    private static final SimulatedPrice.Recurring MONTHLY =
            new SimulatedPrice.Recurring("month", 1, SimulatedPrice.METERED, "mtr_1", "");
    private static final SimulatedProduct CREDITS =
            new SimulatedProduct("prod_1", "Credits", Map.of("unit_label", "credit"), "", true, Map.of(), 0, 0);

    private static final int PLANS = 10_000;
    private static final int MOST_TIERS = 4;

    /** A published invoice of Stripe's: Gitpod's. */
    @Test
    void linesAreThoseOfARealInvoice() {
        SimulatedPrice.Terms terms = tiered(
                "graduated",
                new PriceTier(1_000L, amount("0"), amount("900")),
                new PriceTier(null, amount("3.6"), amount("0")));

        assertThat(InvoiceLines.of(terms, CREDITS, new BigDecimal("1031")))
                .extracting(line -> line.description() + ": " + line.amount())
                .containsExactly(
                        "1000 credit × Credits (Tier 1 at $0.00 / month): 0",
                        "Credits (Tier 1 at $9.00 / month): 900",
                        "31 credit × Credits (Tier 2 at $0.036 / month): 112",
                        "Credits (Tier 2 at $0.00 / month): 0");
    }

    @Test
    void packageIsNamedWithItsSize() {
        SimulatedPrice.Terms terms = terms("8", 60, "up");

        assertThat(InvoiceLines.of(terms, CREDITS, new BigDecimal("9892")))
                .extracting(line -> line.description() + ": " + line.quantity() + ", " + line.amount())
                .containsExactly("9892 credit × Credits (at $0.08 per 60 units / month): 9892, 1320");
    }

    /** The seed is printed; {@code -Drating.seed=S} repeats it. */
    @Test
    void ourRatingIsTheSimulatorsOnTenThousandRandomPlans() {
        long seed = Long.getLong("rating.seed", 20_261_126);
        Random random = new Random(seed);
        int lines = 0;
        for (int plan = 0; plan < PLANS; plan++) {
            SimulatedPrice.Terms terms = randomTerms(random);
            BigDecimal usage = randomUsage(random, terms);
            List<BigInteger> theirs = InvoiceLines.of(terms, CREDITS, usage).stream()
                    .map(InvoiceLine::amount)
                    .toList();

            assertThat(ours(terms).rate(usage).lines())
                    .as("plan %d of seed %d: %s of %s", plan, seed, terms, usage)
                    .extracting(RatedLine::amount)
                    .isEqualTo(theirs);
            lines += theirs.size();
        }
        System.out.println("rating: " + PLANS + " random plans, " + lines + " lines equal, seed " + seed);
    }

    private static Pricing ours(SimulatedPrice.Terms terms) {
        BigDecimal unit = terms.unitAmount();
        if (unit == null) {
            List<Tier> tiers =
                    terms.tiers().stream().map(InvoiceLinesTest::ours).toList();
            return terms.tiersMode().equals("volume") ? new Volume(tiers) : new Graduated(tiers);
        }
        return terms.divideBy() == 0
                ? new PerUnit(unit)
                : new Packages(
                        unit, terms.divideBy(), terms.round().equals("up") ? Packages.Round.UP : Packages.Round.DOWN);
    }

    private static Tier ours(PriceTier tier) {
        BigDecimal unit = tier.unitAmount();
        return new Tier(tier.upTo(), unit == null ? BigDecimal.ZERO : unit, tier.flatAmount());
    }

    private static SimulatedPrice.Terms randomTerms(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> terms(randomAmount(random), 0, "");
            case 1 -> terms(randomAmount(random), 1 + random.nextInt(1_000), random.nextBoolean() ? "up" : "down");
            case 2 -> tiered("graduated", randomTiers(random));
            default -> tiered("volume", randomTiers(random));
        };
    }

    private static PriceTier[] randomTiers(Random random) {
        List<PriceTier> tiers = new ArrayList<>();
        long end = 0;
        for (int more = random.nextInt(MOST_TIERS); more > 0; more--) {
            end += 1 + random.nextInt(2_000);
            tiers.add(randomTier(random, end));
        }
        tiers.add(randomTier(random, null));
        return tiers.toArray(PriceTier[]::new);
    }

    private static PriceTier randomTier(Random random, @Nullable Long upTo) {
        boolean fee = random.nextBoolean();
        boolean unit = !fee || random.nextInt(4) > 0;
        return new PriceTier(
                upTo, unit ? amount(randomAmount(random)) : null, fee ? amount(randomAmount(random)) : null);
    }

    /** Many with halves of a cent, some with all twelve decimals. */
    private static String randomAmount(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> Integer.toString(random.nextInt(10_000));
            case 1 -> BigDecimal.valueOf(random.nextInt(2_000) * 5L, 1).toPlainString();
            case 2 -> BigDecimal.valueOf(random.nextInt(100_000), 3).toPlainString();
            default ->
                BigDecimal.valueOf(random.nextLong(1_000_000_000_000_000L), 12).toPlainString();
        };
    }

    /** Often at the end of a tier or one beside it, sometimes a fraction, seldom negative. */
    private static BigDecimal randomUsage(Random random, SimulatedPrice.Terms terms) {
        List<Long> ends = terms.tiers().stream()
                .map(PriceTier::upTo)
                .filter(end -> end != null)
                .map(Long::valueOf)
                .toList();
        if (!ends.isEmpty() && random.nextBoolean()) {
            return BigDecimal.valueOf(ends.get(random.nextInt(ends.size())) - 1 + random.nextInt(3));
        }
        return switch (random.nextInt(8)) {
            case 0 -> BigDecimal.valueOf(-random.nextInt(100));
            case 1 -> BigDecimal.valueOf(random.nextInt(10_000_000), 3);
            case 2 -> BigDecimal.valueOf(random.nextLong(1_000_000_000_000_000L));
            default -> BigDecimal.valueOf(random.nextInt(10_000));
        };
    }

    private static SimulatedPrice.Terms terms(String unitAmount, long divideBy, String round) {
        return new SimulatedPrice.Terms("prod_1", "usd", MONTHLY, amount(unitAmount), "", List.of(), divideBy, round);
    }

    private static SimulatedPrice.Terms tiered(String mode, PriceTier... tiers) {
        return new SimulatedPrice.Terms("prod_1", "usd", MONTHLY, null, mode, List.of(tiers), 0, "");
    }

    private static BigDecimal amount(String text) {
        return new BigDecimal(text);
    }
}
