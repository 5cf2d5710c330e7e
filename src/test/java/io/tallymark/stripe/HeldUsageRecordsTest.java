package io.tallymark.stripe;

import static io.tallymark.stripe.DeliveryTableTest.error;
import static io.tallymark.stripe.ScriptedServer.reply;
import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.usage.Delivery.Pressure;
import io.tallymark.usage.HeldUsage;
import io.tallymark.usage.HeldUsage.Status;
import io.tallymark.usage.ReportMode;
import io.tallymark.usage.SecretRef;
import io.tallymark.usage.UsageQuestion;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the usage record summaries of a subscription item say, from the bytes on the wire to the answer. */
class HeldUsageRecordsTest {
    private static final Instant DECEMBER = Instant.parse("2025-12-01T00:00:00Z");
    private static final Instant JANUARY = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant FEBRUARY = Instant.parse("2026-02-01T00:00:00Z");
    private static final Instant MARCH = Instant.parse("2026-03-01T00:00:00Z");

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

    @Test
    void theValueIsThatOfThePeriodAsked() {
        String list = "{\"data\":[" + period("sis_2", seconds(FEBRUARY), "null", 5) + ","
                + period("sis_1", seconds(JANUARY), seconds(FEBRUARY), 9) + "]}";

        assertThat(held(JANUARY, FEBRUARY, list)).isEqualByComparingTo("9");
        assertThat(held(FEBRUARY, MARCH, list)).isEqualByComparingTo("5");
        assertThat(server.calls().get(0))
                .startsWith("GET /v1/subscription_items/si_1/usage_record_summaries?limit=100 HTTP")
                .contains("Stripe-Version: 2025-02-24.acacia\r\n");
    }

    @Test
    void aCurrentPeriodThatIsOpenOnBothSidesDoesNotHideThePastOnes() {
        String list = "{\"data\":[" + period("sis_2", "null", "null", 5) + ","
                + period("sis_1", seconds(JANUARY), seconds(FEBRUARY), 9) + ","
                + period("sis_0", "0", seconds(JANUARY), 2) + "]}";

        assertThat(held(JANUARY, FEBRUARY, list)).isEqualByComparingTo("9");
        assertThat(held(FEBRUARY, MARCH, list)).isEqualByComparingTo("5");
        assertThat(held(DECEMBER, JANUARY, list))
                .as("the first, whose beginning is open")
                .isEqualByComparingTo("2");
    }

    @Test
    void noPeriodIsZero() {
        assertThat(held(JANUARY, FEBRUARY, "{\"data\":[]}")).isZero();
        assertThat(held(
                        JANUARY,
                        FEBRUARY,
                        "{\"data\":[" + period("sis_2", seconds(FEBRUARY), seconds(MARCH), 5) + "]}"))
                .isZero();
    }

    @Test
    void firstPeriodMayBeginLaterThanOurs() {
        String list = "{\"data\":[" + period("sis_1", seconds(JANUARY.plusSeconds(777)), seconds(FEBRUARY), 9) + "]}";

        assertThat(held(JANUARY, FEBRUARY, list)).isEqualByComparingTo("9");
    }

    @Test
    void otherBoundariesThanOursSayNothing() {
        Instant anchor = JANUARY.plusSeconds(37_230);
        String list = "{\"data\":[" + period("sis_2", seconds(anchor), "null", 5) + ","
                + period("sis_1", "null", seconds(anchor), 9) + "]}";

        server.then(reply(200, "", list));
        HeldUsage held = sender.held(question(JANUARY, FEBRUARY));
        assertThat(held.status()).isEqualTo(Status.NO_SUCH_TARGET);
        assertThat(held.detail()).contains("si_1", "billing_anchor");
    }

    @Test
    void everyPageIsRead() {
        server.then(
                reply(200, "", "{\"has_more\":true,\"data\":[" + period("sis_2", seconds(FEBRUARY), "null", 5) + "]}"));

        assertThat(held(
                        JANUARY,
                        FEBRUARY,
                        "{\"has_more\":false,\"data\":[" + period("sis_1", seconds(JANUARY), seconds(FEBRUARY), 9)
                                + "]}"))
                .isEqualByComparingTo("9");
        assertThat(server.calls().get(1)).contains("&starting_after=sis_2 ");
    }

    @Test
    void anItemOrAnAccountWithoutUsageRecordsIsNoTarget() {
        assertThat(held(error(404, "", "No such subscription_item: 'si_1'")).status())
                .isEqualTo(Status.NO_SUCH_TARGET);
        assertThat(held(error(400, "", "Invalid Stripe API version: 2025-02-24.acacia")))
                .satisfies(held -> assertThat(held.status()).isEqualTo(Status.NO_SUCH_TARGET))
                .satisfies(held -> assertThat(held.detail())
                        .contains("usage-record-set", "2025-02-24.acacia", "move the meter to a billing meter"));
        assertThat(held(error(404, "", "Unrecognized request URL (GET: /v1/x)."))
                        .status())
                .isEqualTo(Status.NO_SUCH_TARGET);
    }

    @Test
    void aListThatCannotBeReadIsAskedAgainLater() {
        assertOutage(reply(200, "", "{}"));
        assertOutage(reply(200, "", "{\"data\":[{\"id\":\"sis_1\",\"period\":{}}]}"));
        assertOutage(reply(200, "", "{\"data\":[{\"id\":\"sis_1\",\"total_usage\":1}]}"));
        assertOutage(error(503, "", "busy"));
        assertOutage(ScriptedServer.cutBody(200));
    }

    private void assertOutage(ScriptedServer.Step step) {
        HeldUsage held = held(step);
        assertThat(held.status()).isEqualTo(Status.UNREACHABLE);
        assertThat(held.pressure()).isEqualTo(Pressure.OUTAGE);
    }

    private BigDecimal held(Instant start, Instant end, String list) {
        server.then(reply(200, "", list));
        HeldUsage held = sender.held(question(start, end));
        assertThat(held.values()).containsOnlyKeys(start);
        return held.total().orElseThrow();
    }

    private HeldUsage held(ScriptedServer.Step step) {
        server.then(step);
        return sender.held(question(JANUARY, FEBRUARY));
    }

    private static UsageQuestion question(Instant start, Instant end) {
        return new UsageQuestion(ReportMode.USAGE_RECORD_SET, "si_1", "cus_1", start, end, false);
    }

    private static String seconds(Instant instant) {
        return Long.toString(instant.getEpochSecond());
    }

    private static String period(String id, String start, String end, long usage) {
        return "{\"id\":\"" + id + "\",\"total_usage\":" + usage + ",\"period\":{\"start\":" + start + ",\"end\":" + end
                + "}}";
    }
}
