package io.tallymark.preview;

import io.tallymark.rating.Pricing;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Why the figures of a price may differ, as far as it is known. */
final class Reasons {
    private Reasons() {}

    static List<String> of(Part part, SoldPrice price, Figures ours, Figures theirs, @Nullable Untold untold) {
        List<String> reasons = new ArrayList<>();
        if (part == Part.USAGE && ours.quantity().compareTo(theirs.quantity()) != 0) {
            reasons.addAll(ofQuantity(untold));
        }
        if (part == Part.FEE && ours.quantity().compareTo(theirs.quantity()) != 0) {
            reasons.add(
                    ours.quantity().signum() == 0
                            ? "not a fee of the coming period: somebody added it at Stripe"
                            : "Stripe charges it in another quantity");
        }
        if (isDrift(price, theirs.quantity())) {
            reasons.add("drift: catalog.yaml charges otherwise than Stripe's " + price.id()
                    + "; look at ./tallymark catalog plan");
        }
        return reasons.isEmpty() ? List.of("for no reason that is known here") : reasons;
    }

    private static List<String> ofQuantity(@Nullable Untold untold) {
        List<String> reasons = new ArrayList<>();
        if (untold != null && untold.due().signum() != 0) {
            reasons.add("not told yet: " + PreviewText.plain(untold.due()));
        }
        if (untold != null && untold.unconfirmed() > 0) {
            reasons.add("unconfirmed: Stripe accepted " + untold.unconfirmed() + " reports and may not count them yet");
        }
        if (untold != null && untold.refused() > 0) {
            reasons.add(untold.refused() + " reports were refused, or too old; look at ./tallymark reconcile");
        }
        return reasons.isEmpty()
                ? List.of("Stripe counts otherwise than it was told; look at ./tallymark reconcile")
                : reasons;
    }

    private static boolean isDrift(SoldPrice price, BigDecimal quantity) {
        Pricing catalog = price.catalog();
        Pricing stripe = price.stripe();
        return catalog != null
                && stripe != null
                && !catalog.rate(quantity).amount().equals(stripe.rate(quantity).amount());
    }
}
