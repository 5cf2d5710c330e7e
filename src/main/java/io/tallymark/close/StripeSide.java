package io.tallymark.close;

import io.tallymark.reconcile.Finding;
import io.tallymark.reconcile.Kind;
import io.tallymark.reconcile.Reconciled;
import io.tallymark.reconcile.Reconciliation;
import io.tallymark.reconcile.Scope;
import io.tallymark.usage.UserError;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What Stripe's summaries of an invoice's period lack, or show otherwise. What agrees counts as confirmed from then on. */
final class StripeSide {
    private static final int MOST = 20;

    private static final String TOO_LATE =
            ": Stripe takes nothing more about its hour. With late-after-close: carry-forward it is"
                    + " billed with the next period, unless Stripe may have it or it does not add up; else bill it by hand, and"
                    + " ./tallymark close --accept";

    private final Reconciliation reconciliation;

    StripeSide(Reconciliation reconciliation) {
        this.reconciliation = reconciliation;
    }

    /** Asks Stripe. */
    List<Reason> reasons(ClosingInvoice invoice, String customer) throws SQLException {
        Reconciled result;
        try {
            result = reconciliation.run(
                    new Scope(invoice.start(), invoice.end(), customer, null),
                    Reconciliation.Repairs.NONE,
                    MOST,
                    (done, all) -> {});
        } catch (UserError e) {
            return List.of(new Reason(Reason.Kind.UNCONFIRMED, "", String.valueOf(e.getMessage())));
        }
        List<Reason> reasons = new ArrayList<>();
        for (Reconciled.Line line : result.lines()) {
            reason(line.finding(), invoice).ifPresent(reasons::add);
        }
        if (result.unlisted() > 0) {
            reasons.add(new Reason(Reason.Kind.DIFFERENT, "", "and " + result.unlisted() + " windows more"));
        }
        return reasons;
    }

    private static Optional<Reason> reason(Finding finding, ClosingInvoice invoice) {
        // A window may be a whole billing period; one that only touches this invoice's is another one's.
        if (finding.kind() != Kind.LEDGER && !finding.end().isAfter(invoice.start())) {
            return Optional.empty();
        }
        boolean expired = finding.kind() == Kind.UNREPORTED && finding.detail().startsWith("expired");
        // Dropped by the seal of a cancellation, with a posting that says so.
        boolean dropped = expired && !invoice.subscriptionLives();
        // Of what this invoice does not bill, the table's side says whether anything else should.
        boolean foreign = expired && !invoice.metrics().contains(finding.metric());
        if (dropped || foreign) {
            return Optional.empty();
        }
        String figures = "from " + finding.start() + ": table " + plain(finding.table()) + ", told "
                + plain(finding.told())
                + finding.held().map(held -> ", Stripe " + plain(held)).orElse("")
                + (finding.detail().isEmpty() ? "" : "; " + finding.detail())
                + (expired ? TOO_LATE : "");
        return Optional.of(new Reason(kind(finding), finding.metric(), figures));
    }

    private static Reason.Kind kind(Finding finding) {
        return switch (finding.kind()) {
            case UNREPORTED -> UntoldHours.kindOf(finding.detail());
            case REJECTED -> Reason.Kind.REJECTED;
            case AMBIGUOUS -> Reason.Kind.AMBIGUOUS;
            case LAG, UNREADABLE -> Reason.Kind.UNCONFIRMED;
            case LOST, DOUBLED, FOREIGN_WRITER, UNKNOWN_CUSTOMER, LEDGER, OK -> Reason.Kind.DIFFERENT;
        };
    }

    private static String plain(BigDecimal number) {
        return number.stripTrailingZeros().toPlainString();
    }
}
