package io.tallymark.catalog;

import io.tallymark.stripe.StripeMeter;
import io.tallymark.stripe.StripePrice;
import io.tallymark.usage.Meter;
import java.util.List;
import java.util.Optional;

/** Writes which metric a price counts, and says where applying the file would not keep the price. */
final class ExportedMeters {
    private final Account account;
    private final List<Meter> meters;

    /** @param meters of tallymark.yaml */
    ExportedMeters(Account account, List<Meter> meters) {
        this.account = account;
        this.meters = List.copyOf(meters);
    }

    /** The metric that is reported to the Stripe meter of a price. */
    Optional<Meter> metric(StripePrice.Usage usage) {
        String eventName =
                account.meter(usage.meterId()).map(StripeMeter::eventName).orElse("");
        return meters.stream()
                .filter(candidate -> candidate
                        .stripe()
                        .filter(report -> report.eventName().equals(eventName) && !eventName.isEmpty())
                        .isPresent())
                .findFirst();
    }

    void write(StripePrice.Usage usage, YamlText yaml) {
        if (usage.isOfRecords()) {
            ofRecords(yaml);
        } else {
            metric(usage)
                    .ifPresent(metric -> yaml.field(
                            "meter",
                            metric.metric(),
                            account.meter(usage.meterId())
                                    .map(meter -> misfit(meter, metric))
                                    .orElse("")));
        }
    }

    private static String misfit(StripeMeter meter, Meter metric) {
        MeterSpec spec = MeterSpec.of(List.of(metric)).get(0);
        if (!spec.isMetBy(meter)) {
            return "its Stripe meter has " + MeterSpec.inWords(meter) + ", and tallymark.yaml needs " + spec.inWords()
                    + ": apply would replace both; another stripe.mode may fit";
        }
        return meter.active() ? "" : "its Stripe meter " + meter.id() + " is inactive";
    }

    private void ofRecords(YamlText yaml) {
        List<String> candidates = meters.stream()
                .filter(meter -> meter.stripe()
                        .filter(report -> report.mode().isUsageRecord())
                        .isPresent())
                .map(Meter::metric)
                .toList();
        yaml.field(
                "meter",
                candidates.size() == 1 ? candidates.get(0) : "",
                "name the metric whose usage records it counts");
    }
}
