package io.tallymark.webhook;

import io.tallymark.stripe.MeterErrorReport;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts Stripe's alarms about dropped meter events, and says so in the log. It need not do more: reconciliation asks Stripe for them
 * every minute with a cursor of its own, so that none is lost while the webhook is away, and it reads the whole report, of which the
 * thin event has nothing. A second way in would be one more thing that can be wrong, for less than a minute.
 */
public final class MeterErrorNotice implements WebhookHandler {
    private static final Logger LOG = LoggerFactory.getLogger(MeterErrorNotice.class);

    /** For {@link HandlersByType}. */
    public static Map<String, WebhookHandler> byType() {
        WebhookHandler notice = new MeterErrorNotice();
        return Map.of(MeterErrorReport.ERROR_REPORT_TRIGGERED, notice, MeterErrorReport.NO_METER_FOUND, notice);
    }

    @Override
    public Answer handle(WebhookEvent event) {
        LOG.warn(
                "Stripe dropped meter events: {} {} {}; reconciliation reads the report within a minute",
                event.type(),
                event.id(),
                event.objectId());
        return Answer.accepted();
    }
}
