package io.tallymark.stripe;

import io.tallymark.usage.MeterEventSender;

/** Opens a {@link StripeMeterEventSender} where it is used; serializes as settings, without the API key. */
public record StripeSenderFactory(StripeSettings settings) implements MeterEventSender.Factory {
    @Override
    public MeterEventSender open() {
        return StripeMeterEventSender.open(settings);
    }
}
