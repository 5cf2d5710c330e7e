package io.tallymark.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tallymark.usage.ReportMode;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** Whose usage an hour is, and until when it may be told. */
class MappingReportingTest extends ReportingFixture {
    @Test
    void unmappedCustomerWaitsVisiblyAndGoesOutByItself() throws SQLException {
        DueHour hour = DueHour.of("tokens", "stranger", THREE_AGO);
        database.total(hour, "5");
        reporter.drain();

        assertThat(stripe.calls()).isEmpty();
        assertThat(database.count("stripe_report")).isZero();
        assertThat(waiting()).containsExactly("unmapped");

        map("stranger");
        reporter.drain();
        assertThat(stripe.held("tokens", "cus_stranger", THREE_AGO)).isEqualByComparingTo("5");
        assertNothingIsLeft();
    }

    /** Stripe keeps one total for a customer, meter and hour: that of the second subject would replace the first's. */
    @Test
    void refusesASecondSubjectForAStripeCustomer() throws Exception {
        map("first");

        assertThatThrownBy(() -> database.execute("INSERT INTO billing_customer VALUES ('second', 'cus_first')"))
                .hasMessageContaining("billing_customer_stripe_customer_id_key");
    }

    @Test
    void identityMappingUsesTheSubject() throws SQLException {
        try (Reporter plain =
                new Reporter(Reporter.settings(database, CustomerMapping.IDENTITY, Reporter.TOKENS), stripe)) {
            database.total(DueHour.of("tokens", "cus_direct", THREE_AGO), "5");
            plain.drain();
        }
        assertThat(stripe.held("tokens", "cus_direct", THREE_AGO)).isEqualByComparingTo("5");
    }

    @Test
    void hourStaysWithTheCustomerAndMeterThatKnowIt() throws SQLException {
        database.total(TOKENS, "5");
        reporter.drain();
        database.execute("UPDATE billing_customer SET stripe_customer_id = 'cus_new'");
        try (Reporter changed = new Reporter(
                Reporter.settings(
                        database, CustomerMapping.TABLE, Reporter.meter("tokens", "raw_tokens", ReportMode.DELTA)),
                stripe)) {
            DueHour later = DueHour.of("tokens", "acme", TestDatabase.hoursAgo(2));
            database.total(TOKENS, "7");
            database.total(later, "4");
            changed.drain();

            assertThat(stripe.held("tokens", "cus_acme", THREE_AGO)).isEqualByComparingTo("7");
            assertThat(stripe.held("raw_tokens", "cus_new", THREE_AGO)).isZero();
            assertThat(stripe.held("raw_tokens", "cus_new", later.start())).isEqualByComparingTo("4");
        }
    }

    @Test
    void hourWithAPartAboutToCloseWaitsAMoment() throws SQLException {
        database.total(TOKENS, "{\"model\": \"a\"}", "5", true);
        database.total(TOKENS, "{\"model\": \"b\"}", "6", false);
        reporter.drain();
        assertThat(stripe.calls()).isEmpty();

        database.total(TOKENS, "{\"model\": \"b\"}", "7", true);
        database.letLeasesRunOut();
        reporter.drain();
        assertThat(sent("tokens")).containsExactly("12");
    }

    @Test
    void partThatNeverClosesDoesNotHoldTheRestForEver() throws SQLException {
        database.total(TOKENS, "{\"model\": \"a\"}", "5", true);
        database.total(TOKENS, "{\"model\": \"b\"}", "6", false);
        database.execute("UPDATE report_due SET due_since = report_now() - interval '6 minutes'");
        reporter.drain();

        assertThat(sent("tokens")).containsExactly("5");
    }

    @Test
    void hourOlderThanStripeAcceptsIsWrittenOff() throws SQLException {
        DueHour old = DueHour.of("tokens", "acme", TestDatabase.hoursAgo(36 * 24));
        database.total(old, "5");
        reporter.drain();
        database.total(old, "7");
        reporter.drain();

        assertThat(stripe.calls()).isEmpty();
        assertThat(reports()).containsExactly("1, expired, 5, 5, 0", "2, expired, 7, 2, 0");
        assertThat(database.balance("tokens", "unreportable")).isEqualByComparingTo("7");
        assertThat(database.balance("tokens", "unreported")).isZero();
        assertNothingIsLeft();
    }

    @Test
    void unmappedUsageExpiresToo() throws SQLException {
        DueHour old = DueHour.of("tokens", "stranger", TestDatabase.hoursAgo(36 * 24));
        database.total(old, "5");
        reporter.drain();

        assertThat(database.balance("tokens", "unreportable")).isEqualByComparingTo("5");
        assertNothingIsLeft();
    }
}
