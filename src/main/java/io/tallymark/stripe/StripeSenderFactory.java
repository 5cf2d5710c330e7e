package io.tallymark.stripe;

import io.tallymark.usage.ReportSender;

/** Opens a {@link StripeReportSender} where it is used; serializes as settings, without the API key. */
public record StripeSenderFactory(StripeSettings settings) implements ReportSender.Factory {
    @Override
    public ReportSender open() {
        return StripeReportSender.open(settings);
    }

    @Override
    public boolean live() {
        return ApiKey.isLive(ApiKey.resolve(settings));
    }
}
