package io.tallymark.stripe;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A price as Stripe knows it. Texts that it does not have are empty.
 *
 * @param id {@code price_…}
 * @param terms what it charges; never changes
 * @param active whether it is not archived
 * @param taxBehavior {@code inclusive}, {@code exclusive} or {@code unspecified}; once it is specified it never changes
 * @param foreign what of it has no counterpart in {@link Terms}, such as {@code one_time}; empty when it is all there
 */
public record StripePrice(
        String id,
        Terms terms,
        boolean active,
        String lookupKey,
        String nickname,
        String taxBehavior,
        Map<String, String> metadata,
        Instant created,
        String foreign) {
    public static final String UNSPECIFIED = "unspecified";

    public StripePrice {
        metadata = Map.copyOf(metadata);
    }

    /**
     * What a price charges. Amounts are in the currency's minor unit, such as cents, without trailing zeros.
     *
     * @param product its product's id
     * @param currency three letters, lower case
     * @param interval {@code day}, {@code week}, {@code month} or {@code year}
     * @param intervalCount intervals between two invoices
     * @param usage what is metered; null for a licensed price, charged by its fixed quantity
     * @param unitAmount of a unit or, with {@code divideBy}, a package; null with tiers
     * @param divideBy units in a package; 0 without packages
     * @param roundUp whether a package begun is charged
     * @param tiersMode null without tiers
     */
    public record Terms(
            String product,
            String currency,
            String interval,
            long intervalCount,
            @Nullable Usage usage,
            @Nullable BigDecimal unitAmount,
            long divideBy,
            boolean roundUp,
            @Nullable TiersMode tiersMode,
            List<Tier> tiers) {
        public Terms {
            unitAmount = unitAmount == null ? null : plain(unitAmount);
            tiers = List.copyOf(tiers);
        }
    }

    /**
     * What a metered price counts: a meter, or the usage records of an account from before meters.
     *
     * @param meterId {@code mtr_…}; empty for usage records
     * @param aggregateUsage how usage records become one number; empty with a meter
     */
    public record Usage(String meterId, String aggregateUsage) {
        public static Usage ofMeter(String meterId) {
            return new Usage(meterId, "");
        }

        public static Usage ofRecords(String aggregateUsage) {
            return new Usage("", aggregateUsage);
        }

        public boolean isOfRecords() {
            return meterId.isEmpty();
        }
    }

    /** {@code tiers_mode}. */
    public enum TiersMode {
        GRADUATED,
        VOLUME
    }

    /**
     * A tier, which begins where the one before it ends.
     *
     * @param upTo last unit in it; null: it has no end
     * @param flatAmount charged once when it is reached; null: none, which 0 becomes too
     */
    public record Tier(
            @Nullable Long upTo,
            BigDecimal unitAmount,
            @Nullable BigDecimal flatAmount) {
        public Tier {
            unitAmount = plain(unitAmount);
            flatAmount = flatAmount == null || flatAmount.signum() == 0 ? null : plain(flatAmount);
        }

        public Optional<Long> end() {
            return Optional.ofNullable(upTo);
        }

        public Optional<BigDecimal> flat() {
            return Optional.ofNullable(flatAmount);
        }
    }

    /** The one form in which equal amounts are equal. */
    private static BigDecimal plain(BigDecimal amount) {
        return amount.signum() == 0 ? BigDecimal.ZERO : amount.stripTrailingZeros();
    }
}
