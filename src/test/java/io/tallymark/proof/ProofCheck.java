package io.tallymark.proof;

import io.tallymark.proof.ProofDatabase.Hour;
import io.tallymark.usage.BillingPeriod;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Compares the events, the table, the ledger and Stripe with one another, for every customer, meter and hour. Usage records of a period that
 * is over are the one exception: Stripe takes none, and the ledger says which they were.
 *
 * @param start first hour with events
 * @param end of the last one
 */
record ProofCheck(ProofModel model, ProofDatabase database, ProofAccount account, Instant start, Instant end) {
    private static final String TABLE =
            "SELECT metric, customer_id, period_start, sum(quantity) FROM usage_hourly GROUP BY 1, 2, 3";
    private static final String POSTED = """
            SELECT metric, customer_id, period_start, sum(amount) FROM ledger_entry WHERE to_account = '%s' GROUP BY 1, 2, 3
            """;
    private static final String ABANDONED = """
            SELECT metric, customer_id, period_start, sum(amount) FROM stripe_report
            WHERE state = 'expired' AND attempts > 0 GROUP BY 1, 2, 3
            """;

    /** Every difference, in words; empty when all are equal. */
    List<String> differences() throws SQLException {
        Comparison comparison = new Comparison(
                database.byHour(TABLE),
                database.byHour(POSTED.formatted("reported")),
                database.byHour(POSTED.formatted("unreportable")),
                database.byHour(ABANDONED));
        for (ProofAccount.Customer customer : account.customers()) {
            for (ProofMeter meter : ProofMeter.values()) {
                comparison.hours(customer, meter);
                comparison.periods(customer, meter);
            }
        }
        comparison.books();
        return comparison.differences;
    }

    /** For the message of a failure: the reports that were neither accepted at once nor simply too late. */
    String unusualReports() throws SQLException {
        return String.join("\n", database.lines("""
                SELECT state || ' ' || mode || ' ' || customer_id || ' ' || period_start || ' #' || sequence || ' value ' || value
                    || ' amount ' || amount || ' at ' || event_timestamp || ' attempts ' || attempts || ' first '
                    || coalesce(first_sent_at::text, '-') || ' last ' || coalesce(last_sent_at::text, '-') || ' doubted '
                    || coalesce(doubted_at::text, '-') || ' resolved ' || coalesce(resolved_at::text, '-') || ' '
                    || coalesce(error, '')
                FROM stripe_report WHERE state NOT IN ('accepted', 'expired') OR state = 'expired' AND attempts > 0
                ORDER BY metric, customer_id, period_start, sequence
                """));
    }

    private final class Comparison {
        private final Map<Hour, BigDecimal> table;
        private final Map<Hour, BigDecimal> reported;
        private final Map<Hour, BigDecimal> unreportable;
        private final Map<Hour, BigDecimal> abandoned;
        private final List<String> differences = new ArrayList<>();

        Comparison(
                Map<Hour, BigDecimal> table,
                Map<Hour, BigDecimal> reported,
                Map<Hour, BigDecimal> unreportable,
                Map<Hour, BigDecimal> abandoned) {
            this.table = table;
            this.reported = reported;
            this.unreportable = unreportable;
            this.abandoned = abandoned;
        }

        void hours(ProofAccount.Customer customer, ProofMeter meter) {
            Map<Instant, List<ProofEvent>> events = model.byHour(customer.subject());
            for (Instant at = start; at.isBefore(end); at = at.plus(1, ChronoUnit.HOURS)) {
                Hour hour = new Hour(meter.metric(), customer.subject(), at);
                BigDecimal total = table.getOrDefault(hour, BigDecimal.ZERO);
                require("events and table", hour, meter.total(events.getOrDefault(at, List.of())), total);
                BigDecimal told = reported.getOrDefault(hour, BigDecimal.ZERO);
                BigDecimal never = unreportable.getOrDefault(hour, BigDecimal.ZERO);
                require("table and ledger", hour, total, told.add(never));
                if (meter.way() != ProofMeter.Way.RECORD) {
                    require("table and told", hour, total, told);
                }
                if (meter.way() != ProofMeter.Way.PERIOD) {
                    stripe(customer, meter, hour, told);
                }
            }
        }

        private void stripe(ProofAccount.Customer customer, ProofMeter meter, Hour hour, BigDecimal told) {
            Instant next = hour.start().plus(1, ChronoUnit.HOURS);
            BigDecimal billed = account.billed(meter, customer, hour.start(), next);
            // Whether an abandoned report arrived, nobody knows.
            BigDecimal perhaps = abandoned.getOrDefault(hour, BigDecimal.ZERO);
            if (billed.compareTo(told.add(perhaps)) != 0) {
                require("ledger and Stripe", hour, told, billed);
            }
        }

        void periods(ProofAccount.Customer customer, ProofMeter meter) {
            if (meter.way() != ProofMeter.Way.PERIOD) {
                return;
            }
            BillingPeriod period = customer.period(start);
            while (period.start().isBefore(end)) {
                Hour name = new Hour(meter.metric(), customer.subject(), period.start());
                BigDecimal expected = meter.total(model.between(customer.subject(), period.start(), period.end()));
                require(
                        "events and Stripe's period",
                        name,
                        expected,
                        account.billed(meter, customer, period.start(), period.end()));
                period = customer.period(period.end());
            }
        }

        void books() throws SQLException {
            requireNone(
                    "unreported",
                    "ledger_balance WHERE account = 'unreported' AND balance <> 0 AND metric <> 'markers'");
            requireNone(
                    "out of balance", "(SELECT sum(balance) AS all FROM ledger_balance) AS books WHERE books.all <> 0");
            requireNone("unresolved", "stripe_report WHERE state IN ('pending', 'sent', 'ambiguous')");
            requireNone("rejected", "stripe_report WHERE state = 'rejected'");
            requireNone("expired", "stripe_report WHERE state = 'expired' AND mode NOT LIKE 'usage-record%'");
            requireNone("due", "report_due");
            requireNone("lanes", "report_lane");
            account.simulator()
                    .contradictions()
                    .forEach(identifier -> differences.add("one identifier with two values: " + identifier));
        }

        private void requireNone(String what, String rows) throws SQLException {
            BigDecimal count = database.number("SELECT count(*) FROM " + rows);
            if (count.signum() != 0) {
                differences.add(what + ": " + count);
            }
        }

        private void require(String between, Hour hour, BigDecimal left, BigDecimal right) {
            if (left.compareTo(right) != 0) {
                differences.add("%s: %s %s %s: %s and %s"
                        .formatted(between, hour.metric(), hour.customer(), hour.start(), left, right));
            }
        }
    }
}
