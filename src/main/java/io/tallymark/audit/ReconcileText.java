package io.tallymark.audit;

import io.tallymark.audit.status.TextTable;
import io.tallymark.reconcile.Finding;
import io.tallymark.reconcile.Kind;
import io.tallymark.reconcile.Reconciled;
import io.tallymark.usage.PrintableText;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A reconciliation for a person: the books, the counts, what is not in order with its remedy, and the verdict as the last line. */
public final class ReconcileText {
    private final Reconciled result;
    private final List<String> lines = new ArrayList<>();

    private ReconcileText(Reconciled result) {
        this.result = result;
    }

    public static String print(Reconciled result) {
        ReconcileText text = new ReconcileText(result);
        text.lines.add("reconcile: from " + result.from() + " to " + result.to());
        text.trialBalance();
        text.kinds();
        text.notInOrder();
        text.remedies();
        text.verdict();
        return String.join("\n", text.lines);
    }

    private void trialBalance() {
        heading("trial balance");
        TextTable table = new TextTable(1, "account", "balance");
        result.accounts().forEach((account, balance) -> table.row(List.of(account, number(balance))));
        BigDecimal sum = result.accounts().values().stream().reduce(BigDecimal.ZERO, BigDecimal::add);
        table.row(List.of("sum", number(sum)));
        indent(table);
    }

    private void kinds() {
        heading("windows");
        TextTable table = new TextTable(1, "kind", "windows");
        result.kinds().forEach((kind, count) -> table.row(List.of(kind.word(), count(count))));
        table.row(List.of("compared", count(result.windows())));
        indent(table);
        if (result.windows() == 0) {
            lines.add(
                    "  nothing was told and nothing is in the table there: look at the names and the stretch of time");
        }
    }

    private void notInOrder() {
        if (result.lines().isEmpty()) {
            return;
        }
        heading("not in order");
        TextTable table = new TextTable(5, "kind", "metric", "customer", "from", "span", "table", "told", "held");
        result.lines().forEach(line -> table.row(cells(line.finding())));
        List<String> rows = table.lines();
        lines.add("  " + rows.get(0));
        for (int i = 0; i < result.lines().size(); i++) {
            Reconciled.Line line = result.lines().get(i);
            lines.add("  " + rows.get(i + 1));
            lines.add("    " + PrintableText.of(line.finding().detail()));
            String repair = line.repair();
            if (repair != null) {
                lines.add("    " + repair);
            }
        }
        if (result.unlisted() > 0) {
            lines.add("  and " + count(result.unlisted()) + " more: --limit N");
        }
    }

    private void remedies() {
        List<Kind> kinds =
                result.kinds().keySet().stream().filter(Kind::isDifference).toList();
        if (!kinds.isEmpty()) {
            lines.add("");
            kinds.forEach(kind -> lines.add("to mend " + kind.word() + ": " + kind.remedy()));
        }
    }

    private void verdict() {
        String figures = "windows=" + result.windows() + " confirmed=" + result.confirmed()
                + (result.repaired() == 0 ? "" : " repaired=" + result.repaired());
        String others = result.kinds().entrySet().stream()
                .filter(kind -> kind.getKey() != Kind.OK)
                .map(kind -> " " + kind.getKey().word() + "=" + kind.getValue())
                .collect(Collectors.joining());
        lines.add("");
        lines.add(
                "reconcile: " + (result.isInOrder() ? "OK " + figures + others : "DIFFERENT" + others + " " + figures));
    }

    private static List<String> cells(Finding finding) {
        boolean lane = finding.kind() == Kind.LEDGER;
        return List.of(
                finding.kind().word(),
                PrintableText.of(finding.metric()),
                PrintableText.of(finding.customerId()),
                lane ? "" : finding.start().toString(),
                lane ? "all" : span(finding.start(), finding.end()),
                number(finding.table()),
                number(finding.told()),
                finding.held().map(ReconcileText::number).orElse("?"));
    }

    private static String span(Instant start, Instant end) {
        long hours = Duration.between(start, end).toHours();
        return hours == 1 ? "hour" : "period to " + end;
    }

    private void heading(String text) {
        lines.add("");
        lines.add(text);
    }

    private void indent(TextTable table) {
        table.lines().forEach(line -> lines.add("  " + line));
    }

    private static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /** All digits, and groups of three before the point only. */
    private static String number(BigDecimal value) {
        BigDecimal stripped = value.stripTrailingZeros();
        return String.format(Locale.ROOT, "%,." + Math.max(0, stripped.scale()) + "f", stripped);
    }
}
