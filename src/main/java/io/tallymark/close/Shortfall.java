package io.tallymark.close;

import io.tallymark.config.CloseSettings;
import io.tallymark.database.Database;
import io.tallymark.database.Sql;
import io.tallymark.report.CarryHour;
import io.tallymark.report.Seals;
import io.tallymark.usage.Meter;
import io.tallymark.usage.PrintableText;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An invoice that was finalized without our go may bill less than the table, or more: the difference is carried to the open period, once
 * everything else of the period is settled.
 */
final class Shortfall {
    // A period may hold nothing but what was carried to it.
    private static final String LAST_HOUR = """
            SELECT max(period_start)
            FROM (SELECT metric, customer_id, period_start FROM usage_hourly WHERE closed
                  UNION ALL
                  SELECT metric, customer_id, to_hour FROM billing_carry) AS hour
            WHERE customer_id = ? AND metric = ? AND period_start >= ? AND period_start < ? AND billed_hour(?, ?, metric, period_start)
            """;

    private static final Logger LOG = LoggerFactory.getLogger(Shortfall.class);

    private final Database database;
    private final GoNoGo goNoGo;
    private final CloseSettings settings;
    private final Set<String> additive;

    Shortfall(Database database, GoNoGo goNoGo, List<Meter> meters, CloseSettings settings) {
        this.database = database;
        this.goNoGo = goNoGo;
        this.settings = settings;
        this.additive = meters.stream()
                .filter(meter -> meter.aggregation().addsUp())
                .map(Meter::metric)
                .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * Carries what the lines lack.
     *
     * @param reasons why the invoice would not have been let go
     * @return what cannot be settled
     */
    List<Reason> settle(ClosingInvoice invoice, List<Reason> reasons) throws SQLException {
        // What nothing bills, two bill or is to be credited is another matter, and must not keep what the lines lack.
        boolean settled =
                reasons.stream().allMatch(reason -> reason.kind() == Reason.Kind.LINE_DIFFERS || isForAPerson(reason));
        if (!settled) {
            return reasons;
        }
        Map<String, BigDecimal> used = goNoGo.used(invoice);
        List<Reason> left = new ArrayList<>();
        for (Reason reason : reasons) {
            if (isForAPerson(reason)) {
                left.add(reason);
                continue;
            }
            BigDecimal missing = used.getOrDefault(reason.metric(), BigDecimal.ZERO)
                    .subtract(invoice.billed(reason.metric()).quantity());
            settle(invoice, reason, missing).ifPresent(left::add);
        }
        return left;
    }

    private static boolean isForAPerson(Reason reason) {
        return switch (reason.kind()) {
            case UNSOLD, SOLD_TWICE, CREDIT -> true;
            default -> false;
        };
    }

    /** What is rated below zero bills as 0, and goes to the next period. In the transaction that seals the hours. */
    void carryBelowZero(Connection connection, ClosingInvoice invoice) throws SQLException {
        if (!invoice.subscriptionLives() || settings.late() != CloseSettings.Late.CARRY_FORWARD) {
            return;
        }
        for (Credit credit : goNoGo.credits(connection, invoice)) {
            Optional<Instant> hour = lastHour(connection, invoice, credit.metric(), credit.start(), credit.end());
            if (hour.isPresent()) {
                Seals.carryTold(
                        connection,
                        invoice.customerId().orElseThrow(),
                        credit.metric(),
                        hour.get(),
                        CarryHour.of(invoice.carryTo(), Sql.now(connection)),
                        credit.amount(),
                        "invoice " + invoice.id() + ": " + credit.text(invoice) + ", which bills as 0");
            }
        }
    }

    private Optional<Reason> settle(ClosingInvoice invoice, Reason reason, BigDecimal missing) throws SQLException {
        ClosingInvoice.Billed billed = invoice.billed(reason.metric());
        Optional<Instant> hour = database.inSnapshot(
                connection -> lastHour(connection, invoice, reason.metric(), billed.start(), billed.end()));
        boolean carried = invoice.subscriptionLives()
                && settings.late() == CloseSettings.Late.CARRY_FORWARD
                && additive.contains(reason.metric())
                && hour.isPresent();
        if (!carried) {
            return Optional.of(new Reason(
                    Reason.Kind.FINALIZED_SHORT,
                    reason.metric(),
                    reason.detail() + "; nothing carries it: bill it by hand"));
        }
        database.inTransaction(connection -> {
            Seals.carryTold(
                    connection,
                    invoice.customerId().orElseThrow(),
                    reason.metric(),
                    hour.get(),
                    CarryHour.of(invoice.carryTo(), Sql.now(connection)),
                    missing,
                    "invoice " + invoice.id() + " was finalized without it");
            return true;
        });
        LOG.warn(
                "Invoice {} of {} was finalized without our go: {}; {} of {} is carried to {}",
                invoice.id(),
                PrintableText.of(invoice.customerId().orElseThrow()),
                reason.detail(),
                missing.toPlainString(),
                reason.metric(),
                invoice.carryTo());
        return Optional.empty();
    }

    private static Optional<Instant> lastHour(
            Connection connection, ClosingInvoice invoice, String metric, Instant start, Instant end)
            throws SQLException {
        return Sql.query(
                        connection,
                        row -> Optional.ofNullable(Sql.instantOrNull(row, "max")),
                        LAST_HOUR,
                        invoice.customerId().orElseThrow(),
                        metric,
                        start,
                        end,
                        invoice.id(),
                        invoice.stripeCustomerId())
                .get(0);
    }
}
