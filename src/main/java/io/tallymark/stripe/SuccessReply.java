package io.tallymark.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.stripe.net.StripeResponse;
import io.tallymark.usage.ReportMode;
import io.tallymark.usage.UsageReport;
import java.math.BigDecimal;
import java.util.Optional;

/**
 * A reply of success, which proves something only when it names the report that it answers.
 *
 * @param status HTTP status
 * @param requestId Stripe's {@code Request-Id}; empty when absent
 * @param body the JSON object
 */
record SuccessReply(int status, String requestId, JsonNode body) {
    static SuccessReply of(StripeResponse response) {
        return new SuccessReply(
                response.code(),
                Redaction.clean(Optional.ofNullable(response.requestId()).orElse("")),
                ReplyJson.parse(response.body()).orElseGet(JsonNodeFactory.instance::objectNode));
    }

    boolean names(UsageReport sent) {
        return sent.mode().isUsageRecord()
                ? isRecordOf(sent)
                : sent.identifier().equals(body.path("identifier").asText());
    }

    private boolean isRecordOf(UsageReport sent) {
        return "usage_record".equals(body.path("object").asText())
                && sent.target().equals(body.path("subscription_item").asText())
                && body.path("quantity").isNumber()
                && covers(body.path("quantity").decimalValue(), sent);
    }

    /** Stripe may state the sum at the timestamp instead of what was added to it; its documents do not say. */
    private static boolean covers(BigDecimal quantity, UsageReport sent) {
        int comparison = quantity.compareTo(sent.value());
        return sent.mode() == ReportMode.USAGE_RECORD_INCREMENT ? comparison >= 0 : comparison == 0;
    }
}
