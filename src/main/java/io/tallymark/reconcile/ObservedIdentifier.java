package io.tallymark.reconcile;

import io.tallymark.usage.ContentName;
import java.math.BigDecimal;

/** The name of a correction. Stripe never sees it. */
final class ObservedIdentifier {
    private static final String PREFIX = "obs";

    private ObservedIdentifier() {}

    /** At most 90 characters. */
    static String of(Lane lane, Correction correction) {
        ReportLine model = correction.model();
        return ContentName.of(
                PREFIX,
                lane.metric(),
                model.hour(),
                correction.sequence(),
                model.mode().configName(),
                model.target(),
                lane.metric(),
                lane.customerId(),
                model.stripeCustomerId(),
                model.timestamp().toString(),
                Integer.toString(correction.sequence()),
                plain(correction.value()),
                plain(correction.amount()));
    }

    private static String plain(BigDecimal value) {
        return value.stripTrailingZeros().toPlainString();
    }
}
