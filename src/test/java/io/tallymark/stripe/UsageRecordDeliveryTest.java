package io.tallymark.stripe;

import static io.tallymark.stripe.DeliveryTableTest.error;
import static io.tallymark.stripe.ScriptedServer.reply;
import static io.tallymark.usage.ReportMode.USAGE_RECORD_INCREMENT;
import static io.tallymark.usage.ReportMode.USAGE_RECORD_SET;
import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.usage.Delivery;
import io.tallymark.usage.Delivery.Outcome;
import io.tallymark.usage.Delivery.Pressure;
import io.tallymark.usage.ReportMode;
import io.tallymark.usage.SecretRef;
import io.tallymark.usage.UsageReport;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each row of the table for usage records, from the bytes on the wire to the delivery. */
class UsageRecordDeliveryTest {
    private static final String RECORD =
            "{\"object\":\"usage_record\",\"subscription_item\":\"si_1\",\"quantity\":%s,\"timestamp\":1800000000}";

    private ScriptedServer server;
    private StripeReportSender sender;

    @BeforeEach
    void open() throws IOException {
        server = new ScriptedServer();
        sender = StripeReportSender.open(
                StripeSettings.defaults(SecretRef.none("stripe.api-key")).withApiBase(server.base()));
    }

    @AfterEach
    void close() throws IOException {
        sender.close();
        server.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"USAGE_RECORD_SET", "USAGE_RECORD_INCREMENT"})
    void aRecordOfThisItemAndQuantityIsAccepted(ReportMode mode) {
        Delivery delivery = send(mode, reply(200, "Request-Id: req_1", RECORD.formatted("12")));

        assertThat(delivery).isEqualTo(new Delivery(Outcome.ACCEPTED, "req_1", "", 0));
    }

    @Test
    void theCallNamesTheOldVersionAndTheAction() {
        send(USAGE_RECORD_SET, reply(200, "", RECORD.formatted("12")));

        assertThat(server.calls())
                .singleElement()
                .satisfies(call -> assertThat(call)
                        .startsWith("POST /v1/subscription_items/si_1/usage_records HTTP")
                        .containsOnlyOnce("Stripe-Version: 2025-02-24.acacia\r\n")
                        .contains("Content-Type: application/x-www-form-urlencoded")
                        .contains("quantity=12", "timestamp=1800000000", "action=set"));
    }

    @ParameterizedTest
    @EnumSource(names = {"USAGE_RECORD_SET", "USAGE_RECORD_INCREMENT"})
    void aRecordHasOneKeyForEver(ReportMode mode) {
        send(mode, reply(200, "", RECORD.formatted("12")));
        send(mode, reply(200, "", RECORD.formatted("12")));

        assertThat(server.calls())
                .hasSize(2)
                .allSatisfy(call -> assertThat(call).contains("Idempotency-Key: id-7\r\n"));
    }

    @Test
    void anIncrementMayBeAnsweredWithTheSumAtItsTimestamp() {
        assertThat(send(USAGE_RECORD_INCREMENT, reply(200, "", RECORD.formatted("30")))
                        .outcome())
                .isEqualTo(Outcome.ACCEPTED);
        assertThat(send(USAGE_RECORD_INCREMENT, reply(200, "", RECORD.formatted("11")))
                        .outcome())
                .isEqualTo(Outcome.UNKNOWN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"object\":\"usage_record\",\"subscription_item\":\"si_2\",\"quantity\":12}",
                "{\"object\":\"usage_record\",\"subscription_item\":\"si_1\",\"quantity\":13}",
                "{\"object\":\"usage_record\",\"subscription_item\":\"si_1\",\"quantity\":null}",
                "{\"object\":\"subscription_item\",\"subscription_item\":\"si_1\",\"quantity\":12}"
            })
    void aSuccessThatNamesAnotherRecordIsUnknown(String body) {
        Delivery delivery = send(USAGE_RECORD_SET, reply(200, "", body));

        assertThat(delivery.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(delivery.pressure()).isEqualTo(Pressure.OUTAGE);
    }

    @ParameterizedTest
    @EnumSource(names = {"USAGE_RECORD_SET", "USAGE_RECORD_INCREMENT"})
    void aStoredFailureMakesARecordDoubtful(ReportMode mode) {
        Delivery delivery = send(mode, error(500, "Idempotent-Replayed: true", "stored"));

        assertThat(delivery.outcome()).isEqualTo(Outcome.DOUBTFUL);
        assertThat(delivery.pressure()).as("of the day when it was stored").isEqualTo(Pressure.STALE);
    }

    @Test
    void aStoredFailureWithoutStripesErrorIsAsDoubtful() {
        assertThat(send(USAGE_RECORD_INCREMENT, reply(502, "Idempotent-Replayed: true", "{}"))
                        .outcome())
                .isEqualTo(Outcome.DOUBTFUL);
    }

    @Test
    void aFreshFailureOfAnIncrementIsUnknown() {
        Delivery delivery = send(USAGE_RECORD_INCREMENT, error(500, "", "failed"));

        assertThat(delivery.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(delivery.pressure()).isEqualTo(Pressure.OUTAGE);
    }

    @Test
    void aKeyUsedForOtherParametersMakesAnIncrementDoubtful() {
        String body = "{\"error\":{\"type\":\"idempotency_error\",\"message\":\"Keys for idempotent requests\"}}";

        assertThat(send(USAGE_RECORD_INCREMENT, reply(400, "", body)).outcome()).isEqualTo(Outcome.DOUBTFUL);
        assertThat(send(USAGE_RECORD_INCREMENT, reply(409, "", body)).outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(send(USAGE_RECORD_SET, reply(400, "", body)).outcome()).isEqualTo(Outcome.DOUBTFUL);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 404})
    void anAccountWithoutUsageRecordsIsNotTheReportsFault(int status) {
        String message = status == 404
                ? "Unrecognized request URL (POST: /v1/subscription_items/si_1/usage_records)."
                : "Invalid Stripe API version: 2025-02-24.acacia";
        Delivery delivery = send(USAGE_RECORD_INCREMENT, error(status, "", message));

        assertThat(delivery.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(delivery.pressure()).as("other meters go on").isEqualTo(Pressure.NONE);
        assertThat(delivery.detail())
                .contains("usage-record-increment", "2025-02-24.acacia", "move the meter to a billing meter")
                .endsWith(message);
    }

    @Test
    void anyOther4xxIsRejected() {
        assertThat(send(USAGE_RECORD_SET, error(404, "", "No such subscription_item: 'si_1'"))
                        .outcome())
                .isEqualTo(Outcome.REJECTED);
        assertThat(send(USAGE_RECORD_INCREMENT, error(400, "", "An event already exists with identifier id-7."))
                        .outcome())
                .isEqualTo(Outcome.REJECTED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "0.5", "1e-9", "1e30", "9223372036854775808"})
    void aValueThatIsNoWholeNumberFromZeroNeverGoesOut(String value) {
        Delivery delivery = sender.send(report(USAGE_RECORD_SET, new BigDecimal(value)));

        assertThat(delivery.outcome()).isEqualTo(Outcome.REJECTED);
        assertThat(delivery.detail()).startsWith("not sent: usage records take whole numbers");
        assertThat(server.calls()).isEmpty();
    }

    private Delivery send(ReportMode mode, ScriptedServer.Step step) {
        server.then(step);
        return sender.send(report(mode, new BigDecimal("12.0")));
    }

    private static UsageReport report(ReportMode mode, BigDecimal value) {
        return new UsageReport("id-7", mode, "si_1", "cus_1", value, Instant.ofEpochSecond(1_800_000_000));
    }
}
