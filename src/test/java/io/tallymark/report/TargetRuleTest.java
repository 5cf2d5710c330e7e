package io.tallymark.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.usage.Aggregation;
import io.tallymark.usage.Meter;
import io.tallymark.usage.ReportMode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TargetRuleTest {
    private static final Target TOKENS = new Target(ReportMode.HOURLY_TOTAL, "tokens", "cus_acme");
    private static final Target ITEM = new Target(ReportMode.USAGE_RECORD_SET, "si_acme", "cus_acme");

    private final TargetRule meters = rule(ReportMode.HOURLY_TOTAL, CustomerMapping.TABLE);
    private final TargetRule items = rule(ReportMode.USAGE_RECORD_SET, CustomerMapping.TABLE);

    @Test
    void hourGoesToTheMeterAndTheMappedCustomer() {
        assertThat(meters.of(standing("cus_acme", null))).contains(TOKENS);
    }

    @Test
    void usageRecordGoesToTheSubscriptionItem() {
        assertThat(items.of(standing("cus_acme", "si_acme"))).contains(ITEM);
    }

    @Test
    void subjectIsTheCustomerWhenTheMappingIsTheIdentity() {
        assertThat(rule(ReportMode.HOURLY_TOTAL, CustomerMapping.IDENTITY).of(standing(null, null)))
                .contains(new Target(ReportMode.HOURLY_TOTAL, "tokens", "acme"));
    }

    @Test
    void customerThatIsNotMappedIsWaitedFor() {
        HourStanding unmapped = standing(null, "si_acme");

        assertThat(items.of(unmapped)).isEmpty();
        assertThat(items.missing(unmapped)).isEqualTo(ReportPolicy.WAITING_FOR_CUSTOMER);
    }

    @Test
    void itemThatIsNotMappedIsWaitedFor() {
        HourStanding unmapped = standing("cus_acme", null);

        assertThat(items.of(unmapped)).isEmpty();
        assertThat(items.missing(unmapped)).isEqualTo(ReportPolicy.WAITING_FOR_ITEM);
    }

    @Test
    void hourStaysWithTheCustomerThatKnowsItWhenTheMappingChanges() {
        assertThat(meters.of(standing("cus_new", null, Standings.told(TOKENS, "5"))))
                .contains(TOKENS);
        assertThat(items.of(standing("cus_new", "si_new", Standings.told(ITEM, "5"))))
                .contains(ITEM);
    }

    @Test
    void hourStaysWithItsModeAndTargetWhenTheConfigurationChanges() {
        assertThat(items.of(standing("cus_acme", "si_acme", Standings.told(TOKENS, "5"))))
                .contains(TOKENS);
    }

    @Test
    void hourStaysWithItsCustomerWhenNobodyIsMappedAnyMore() {
        assertThat(meters.of(standing(null, null, Standings.told(TOKENS, "5")))).contains(TOKENS);
    }

    @Test
    void hourThatStripeRefusedFollowsTheMapping() {
        ReportIntent refused = Standings.intent(TOKENS, "5", ReportIntent.State.REJECTED);

        assertThat(meters.of(standing("cus_new", null, refused)))
                .contains(new Target(ReportMode.HOURLY_TOTAL, "tokens", "cus_new"));
    }

    @Test
    void meterThatIsNotReportedHasNoTarget() {
        Meter tableOnly =
                new Meter("tokens", "tokens", Aggregation.COUNT, "", List.of(), Map.of(), false, Meter.ALWAYS, null);
        TargetRule rule = new TargetRule(List.of(tableOnly), CustomerMapping.TABLE);

        assertThat(rule.knows("tokens")).isFalse();
        assertThat(rule.of(standing("cus_acme", null))).isEmpty();
    }

    private static TargetRule rule(ReportMode mode, CustomerMapping mapping) {
        return new TargetRule(List.of(Reporter.meter("tokens", "tokens", mode)), mapping);
    }

    private static HourStanding standing(@Nullable String customer, @Nullable String item, ReportIntent... intents) {
        return Standings.mapped(
                Standings.HOUR,
                Standings.NOW,
                new HourStanding.Mapping(customer, item, Standings.NOVEMBER, true),
                "5",
                intents);
    }
}
