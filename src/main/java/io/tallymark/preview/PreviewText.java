package io.tallymark.preview;

import io.tallymark.audit.status.TextTable;
import io.tallymark.billing.UnbilledUsage;
import io.tallymark.rating.MinorUnit;
import io.tallymark.usage.PrintableText;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/** The invoice to be, for a person. */
public final class PreviewText {
    private PreviewText() {}

    /** Our lines, then the comparison by price, then what Stripe does not know, then a verdict as the last line. */
    public static String print(Preview preview) {
        List<String> out = new ArrayList<>();
        out.add(PrintableText.of(preview.customerId()) + ": " + preview.subscriptionId() + ", " + preview.periodStart()
                + " to " + preview.periodEnd());
        out.addAll(lines(preview));
        out.add("");
        out.addAll(comparisons(preview));
        out.add("");
        preview.untold().stream().filter(untold -> !untold.isEmpty()).forEach(untold -> out.add(text(untold)));
        preview.unbilled().forEach(unbilled -> out.add(text(unbilled)));
        if (preview.invoiced().compareTo(preview.theirs()) != 0) {
            out.add("after discounts and taxes, which are not compared, Stripe's total is "
                    + money(preview.invoiced(), preview));
        }
        out.add("preview: " + (preview.agrees() ? "OK" : "DIFFERENT") + " prices="
                + preview.comparisons().size() + " differing=" + preview.differing()
                + (preview.unbilled().isEmpty()
                        ? ""
                        : " not-billed=" + preview.unbilled().size())
                + " ours="
                + money(preview.ours(), preview) + " stripe=" + money(preview.theirs(), preview));
        return String.join("\n", out);
    }

    /** Without trailing zeros and without an exponent. */
    static String plain(BigDecimal number) {
        return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
    }

    private static List<String> lines(Preview preview) {
        TextTable table = new TextTable(3, "price", "for", "tier", "quantity", "unit-amount", "amount");
        for (OwnLine line : preview.lines()) {
            table.row(List.of(
                    PrintableText.of(line.price()),
                    line.flatFee() ? "tier's fee" : line.part().word(),
                    line.tier() == 0 ? "-" : Integer.toString(line.tier()),
                    line.flatFee() ? "-" : plain(line.quantity()),
                    money(line.unitAmount(), preview),
                    money(line.amount(), preview)));
        }
        table.row(List.of("total", "", "", "", "", money(preview.ours(), preview)));
        return indented(table);
    }

    private static List<String> comparisons(Preview preview) {
        TextTable table = new TextTable(2, "price", "for", "quantity", "stripe", "amount", "stripe", "difference");
        for (Comparison row : preview.comparisons()) {
            Figures ours = row.ours();
            table.row(List.of(
                    PrintableText.of(row.price()),
                    row.part().word(),
                    ours == null ? "?" : plain(ours.quantity()),
                    plain(row.theirs().quantity()),
                    ours == null ? "?" : money(ours.amount(), preview),
                    money(row.theirs().amount(), preview),
                    row.difference().map(amount -> money(amount, preview)).orElse("?")));
        }
        table.row(List.of(
                "total",
                "",
                "",
                "",
                money(preview.ours(), preview),
                money(preview.theirs(), preview),
                money(preview.ours().subtract(preview.theirs()), preview)));
        List<String> out = indented(table);
        for (Comparison row : preview.comparisons()) {
            row.reasons()
                    .forEach(reason -> out.add((row.agrees() ? "note     " : "differs  ")
                            + PrintableText.of(row.price()) + ": " + PrintableText.of(reason)));
        }
        return out;
    }

    private static List<String> indented(TextTable table) {
        List<String> out = new ArrayList<>();
        table.lines().forEach(line -> out.add("  " + line));
        return out;
    }

    private static String text(Untold untold) {
        return "not told yet: " + untold.metric() + " " + plain(untold.due())
                + (untold.early().signum() == 0
                        ? ""
                        : ", and " + plain(untold.early()) + " in early results, which are not on the invoice above");
    }

    private static String text(UnbilledUsage unbilled) {
        return "not billed: " + PrintableText.of(unbilled.metric())
                + (unbilled.addsUp() ? " " + plain(unbilled.quantity()) : "") + ", which no item bills in "
                + (unbilled.hours() == 1
                        ? "the hour from " + unbilled.first()
                        : unbilled.hours() + " hours from " + unbilled.first() + " to " + unbilled.last());
    }

    private static String money(BigDecimal amount, Preview preview) {
        return MinorUnit.inWords(amount, preview.currency());
    }
}
