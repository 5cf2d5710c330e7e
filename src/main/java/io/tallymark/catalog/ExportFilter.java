package io.tallymark.catalog;

import io.tallymark.rating.PerUnit;
import io.tallymark.rating.Pricing;
import io.tallymark.stripe.StripePrice;
import io.tallymark.stripe.StripeProduct;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Which prices of an account a catalog.yaml can hold. */
final class ExportFilter {
    private final Account account;
    private final Marks marks;
    private final ExportedMeters meters;

    ExportFilter(Account account, Marks marks, ExportedMeters meters) {
        this.account = account;
        this.marks = marks;
        this.meters = meters;
    }

    /**
     * The active prices that the file can hold.
     *
     * @param leftOut gets the others, with the reason
     */
    List<StripePrice> exported(List<String> leftOut) {
        return account.prices().stream()
                .filter(price -> {
                    Optional<StripeProduct> product =
                            account.product(price.terms().product());
                    if (!price.active() || product.isEmpty()) {
                        return false;
                    }
                    Optional<String> reason = reason(price, product.get());
                    reason.ifPresent(why -> leftOut.add(price.id() + ", " + why));
                    return reason.isEmpty();
                })
                .toList();
    }

    private Optional<String> reason(StripePrice price, StripeProduct product) {
        Optional<String> other = marks.otherCatalog(price.metadata()).or(() -> marks.otherCatalog(product.metadata()));
        if (other.isPresent()) {
            return Optional.of("part of the catalog " + other.get());
        }
        if (!product.active()) {
            return Optional.of("its product " + product.id() + " is archived");
        }
        if (!price.foreign().isEmpty()) {
            return Optional.of(price.foreign());
        }
        if (!price.lookupKey().isEmpty() && !Keys.isValid(price.lookupKey(), PriceReader.LONGEST_LOOKUP_KEY)) {
            return Optional.of("a lookup key with a comma, or blanks around it");
        }
        StripePrice.Usage usage = price.terms().usage();
        return usage == null || usage.isOfRecords() || meters.metric(usage).isPresent()
                ? terms(price.terms())
                : Optional.of("no meter of tallymark.yaml has the event name of its Stripe meter " + usage.meterId());
    }

    private static Optional<String> terms(StripePrice.Terms terms) {
        Optional<Pricing> pricing = Terms.pricing(terms);
        StripePrice.Usage usage = terms.usage();
        if (usage == null && pricing.filter(PerUnit.class::isInstance).isEmpty()) {
            return Optional.of("tiers or packages of a quantity that is not metered");
        }
        if (usage != null && usage.isOfRecords() && !usage.aggregateUsage().equals("sum")) {
            return Optional.of("usage records with aggregate_usage " + usage.aggregateUsage());
        }
        Stream<BigDecimal> fees = Stream.concat(
                usage == null ? Optional.ofNullable(terms.unitAmount()).stream() : Stream.empty(),
                terms.tiers().stream().flatMap(tier -> tier.flat().stream()));
        return fees.anyMatch(fee -> fee.scale() > 0)
                ? Optional.of("a fee with a fraction of the minor unit")
                : Optional.empty();
    }
}
