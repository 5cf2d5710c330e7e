package io.tallymark.rating;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rules that hold for all pricings, against a count unit by unit. */
class PricingTest {
    private static final int PLANS = 10_000;
    private static final int MOST_UNITS = 400;

    private final Random random = new Random(seed());

    @Test
    void tiersCostWhatTheirUnitsCostOneByOne() {
        for (int plan = 0; plan < PLANS; plan++) {
            List<Tier> tiers = tiers();
            int units = random.nextInt(MOST_UNITS);
            BigDecimal usage = BigDecimal.valueOf(units);

            assertThat(new Graduated(tiers).rate(usage).exactAmount())
                    .as("graduated %s of %d", tiers, units)
                    .isEqualByComparingTo(graduatedOneByOne(tiers, units));
            assertThat(new Volume(tiers).rate(usage).exactAmount())
                    .as("volume %s of %d", tiers, units)
                    .isEqualByComparingTo(volumeOneByOne(tiers, units));
        }
    }

    @Test
    void linesHoldAllUnitsOnceAndRoundingIsHalfAUnitALineAtMost() {
        for (int plan = 0; plan < PLANS; plan++) {
            Pricing pricing = new Graduated(tiers());
            BigDecimal usage = BigDecimal.valueOf(random.nextInt(MOST_UNITS * 10), 1);
            Rated rated = pricing.rate(usage);

            assertThat(rated.lines().stream().map(RatedLine::quantity).reduce(BigDecimal.ZERO, BigDecimal::add))
                    .isEqualByComparingTo(usage);
            assertThat(rated.exactAmount()
                            .subtract(new BigDecimal(rated.amount()))
                            .abs())
                    .isLessThanOrEqualTo(BigDecimal.valueOf(rated.lines().size())
                            .movePointLeft(1)
                            .multiply(BigDecimal.valueOf(5)));
        }
    }

    @Test
    void moreUsageNeverCostsLessWhereTiersAreGraduated() {
        for (int plan = 0; plan < PLANS; plan++) {
            Pricing pricing = new Graduated(tiers());
            BigDecimal less = BigDecimal.valueOf(random.nextInt(MOST_UNITS));
            BigDecimal more = less.add(BigDecimal.valueOf(random.nextInt(MOST_UNITS)));

            assertThat(pricing.rate(more).amount())
                    .isGreaterThanOrEqualTo(pricing.rate(less).amount());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "graduated 10:1, 'tier 1 is the last and ends at 10: must be without an end'",
        "volume inf:1;inf:2, 'tier 1 has no end, and is not the last'",
        "graduated 10:1;10:2;inf:3, 'tier 2 ends at 10, not above 10 where it begins'",
        "graduated 10:1;5:2;inf:3, 'tier 2 ends at 5, not above 10 where it begins'",
        "volume 0:1;inf:2, 'up_to is 0: must be 1 or more'",
        "graduated inf:-1, 'unit amount is -1: must not be below 0'",
        "graduated inf:1+-3, 'flat amount is -3: must not be below 0'",
        "unit 0.0000000000001, 'unit amount is 0.0000000000001: has more than 12 decimals'",
        "pack 1/0 up, 'package size is 0: must be 1 or more'",
        "pack -1/5 up, 'package amount is -1: must not be below 0'",
    })
    void whatStripeWouldRefuseIsRefused(String pricing, String message) {
        assertThatThrownBy(() -> PricingText.parse(pricing))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void noTierIsRefused() {
        assertThatThrownBy(() -> new Volume(List.of())).hasMessage("there is no tier");
    }

    private static BigDecimal graduatedOneByOne(List<Tier> tiers, int units) {
        BigDecimal sum = fee(tiers.get(0));
        int before = 0;
        for (int unit = 1; unit <= units; unit++) {
            int tier = tierOf(tiers, unit);
            sum = sum.add(tiers.get(tier).unitAmount());
            sum = tier == before ? sum : sum.add(fee(tiers.get(tier)));
            before = tier;
        }
        return sum;
    }

    private static BigDecimal volumeOneByOne(List<Tier> tiers, int units) {
        Tier tier = tiers.get(tierOf(tiers, units));
        BigDecimal sum = fee(tier);
        for (int unit = 1; unit <= units; unit++) {
            sum = sum.add(tier.unitAmount());
        }
        return sum;
    }

    private static int tierOf(List<Tier> tiers, int unit) {
        int tier = 0;
        while (isAbove(unit, tiers.get(tier))) {
            tier++;
        }
        return tier;
    }

    private static boolean isAbove(int unit, Tier tier) {
        return tier.end()
                .filter(end -> BigDecimal.valueOf(unit).compareTo(end) > 0)
                .isPresent();
    }

    private static BigDecimal fee(Tier tier) {
        return tier.flatFee().orElse(BigDecimal.ZERO);
    }

    private List<Tier> tiers() {
        List<Tier> tiers = new ArrayList<>();
        long end = 0;
        for (int more = random.nextInt(4); more > 0; more--) {
            end += 1 + random.nextInt(60);
            tiers.add(new Tier(end, amount(), random.nextBoolean() ? amount() : null));
        }
        tiers.add(new Tier(null, amount(), random.nextBoolean() ? amount() : null));
        return tiers;
    }

    private BigDecimal amount() {
        return BigDecimal.valueOf(random.nextInt(100_000), 3).setScale(random.nextInt(4), RoundingMode.HALF_UP);
    }

    private static long seed() {
        long seed = Long.getLong("tallymark.seed", System.nanoTime());
        System.out.println("PricingTest: seed " + seed);
        return seed;
    }
}
