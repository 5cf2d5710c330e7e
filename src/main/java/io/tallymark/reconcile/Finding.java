package io.tallymark.reconcile;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The result for one window, to be shown.
 *
 * @param mode how it was told; empty when nothing was
 * @param target event name of the Stripe meter, or the subscription item's id; empty when nothing was told
 * @param stripeCustomerId empty when nothing was told
 * @param start the hour, or the start of the billing period
 * @param end first instant after it
 * @param table sum of the closed totals
 * @param told what Stripe should hold by what it was told
 * @param heldByStripe what it does hold; null when it was not asked or could not be
 * @param detail the reason
 */
public record Finding(
        Kind kind,
        String metric,
        String customerId,
        String mode,
        String target,
        String stripeCustomerId,
        Instant start,
        Instant end,
        BigDecimal table,
        BigDecimal told,
        @Nullable BigDecimal heldByStripe,
        String detail) {

    static Finding of(Verdict verdict) {
        Window window = verdict.window();
        Optional<StripeSide> side = window.stripeSide();
        return new Finding(
                verdict.kind(),
                window.lane().metric(),
                window.lane().customerId(),
                side.map(at -> at.mode().configName()).orElse(""),
                side.map(StripeSide::target).orElse(""),
                side.map(StripeSide::stripeCustomerId).orElse(""),
                window.start(),
                window.end(),
                window.table(),
                window.expected(),
                verdict.held().isRead() ? verdict.held().value() : null,
                verdict.detail());
    }

    /** Whether time alone may mend it: the reporter is about to tell it, or Stripe's summaries are behind. */
    public boolean isPending() {
        return switch (kind) {
            case LAG -> true;
            case UNREPORTED -> Stream.of(Judge.DUE, Judge.FATE, Judge.CHANGED).anyMatch(detail::startsWith);
            default -> false;
        };
    }

    /** Whether a person should look at it, and {@code report_due} does not say so. What was written off is in the ledger, with its cause. */
    public boolean isForAPerson() {
        boolean explained = detail.startsWith(Judge.WAITS) || detail.startsWith(ReportState.EXPIRED.sqlName());
        return kind.isDifference() || (kind == Kind.UNREPORTED && !isPending() && !explained);
    }

    public Optional<BigDecimal> held() {
        return Optional.ofNullable(heldByStripe);
    }
}
