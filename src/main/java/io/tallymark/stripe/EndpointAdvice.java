package io.tallymark.stripe;

import io.tallymark.usage.ReportMode;

/** Says what a person can do when Stripe does not have the endpoint that a mode needs. */
final class EndpointAdvice {
    private EndpointAdvice() {}

    /** Goes in front of the reply's own detail, so that no bound cuts it off; empty when the endpoint is not at fault. */
    static String before(ReportMode mode, FailedReply reply) {
        if (!reply.isAboutTheEndpoint()) {
            return "";
        }
        return mode.isUsageRecord()
                ? "mode " + mode.configName() + " needs usage records, which this account does not have in API version "
                        + UsageRecordApi.VERSION + ": move the meter to a billing meter, mode hourly-total · "
                : "no billing meters at this address: check stripe.api-base · ";
    }
}
