package io.tallymark.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.reconcile.Finding;
import io.tallymark.reconcile.Kind;
import io.tallymark.reconcile.Reconciled;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What an operator reads. */
class ReconcileTextTest {
    private static final Instant FROM = Instant.parse("2026-02-01T00:00:00Z");
    private static final Instant TO = Instant.parse("2026-03-08T00:00:00Z");

    @Test
    void booksCountsDifferencesRemediesAndTheVerdictLast() {
        Finding lost = finding(
                Kind.LOST,
                "delta",
                "2026-03-01T10:00:00Z",
                "2026-03-01T11:00:00Z",
                "1234.5",
                "Stripe does not show tm-1");
        Finding waiting = new Finding(
                Kind.UNREPORTED,
                "calls",
                "globex",
                "",
                "",
                "",
                FROM,
                FROM.plusSeconds(3600),
                new BigDecimal("7"),
                BigDecimal.ZERO,
                null,
                "waits: unmapped");
        Reconciled result = new Reconciled(
                FROM,
                TO,
                accounts(),
                kinds(Map.of(Kind.OK, 11L, Kind.UNREPORTED, 1L, Kind.LOST, 1L)),
                13,
                0,
                9,
                1,
                List.of(
                        new Reconciled.Line(lost, "repaired: the reporter tells it next"),
                        new Reconciled.Line(waiting, null)),
                3);

        assertThat(ReconcileText.print(result)).isEqualTo("""
                reconcile: from 2026-02-01T00:00:00Z to 2026-03-08T00:00:00Z

                trial balance
                  account     balance
                  metered     -20,007
                  unreported        7
                  reported     20,000
                  sum               0

                windows
                  kind        windows
                  ok               11
                  unreported        1
                  lost              1
                  compared         13

                not in order
                  kind        metric  customer  from                  span    table  told  held
                  lost        calls   acme      2026-03-01T10:00:00Z  hour  1,234.5     5     0
                    Stripe does not show tm-1
                    repaired: the reporter tells it next
                  unreported  calls   globex    2026-02-01T00:00:00Z  hour        7     0     ?
                    waits: unmapped
                  and 3 more: --limit N

                to mend lost: ./tallymark reconcile --repair tells the difference anew

                reconcile: DIFFERENT unreported=1 lost=1 windows=13 confirmed=9 repaired=1""");
    }

    @Test
    void whatIsInOrderSaysSo() {
        Reconciled result =
                new Reconciled(FROM, TO, accounts(), kinds(Map.of(Kind.OK, 11L)), 11, 0, 9, 0, List.of(), 0);

        assertThat(ReconcileText.print(result)).endsWith("reconcile: OK windows=11 confirmed=9");
    }

    @Test
    void textOfOthersCannotDriveTheTerminal() {
        Finding hostile = new Finding(
                Kind.LOST,
                "calls",
                "\u001b[31m",
                "delta",
                "calls",
                "cus_1",
                FROM,
                TO,
                BigDecimal.ONE,
                BigDecimal.ONE,
                BigDecimal.ZERO,
                "\u001b[2J");
        Reconciled result = new Reconciled(
                FROM,
                TO,
                accounts(),
                kinds(Map.of(Kind.LOST, 1L)),
                1,
                0,
                0,
                0,
                List.of(new Reconciled.Line(hostile, null)),
                0);

        assertThat(ReconcileText.print(result)).doesNotContain("\u001b").contains("period to " + TO);
    }

    @Test
    void jsonHoldsEveryDigitAsText() {
        Finding lost = finding(Kind.LOST, "delta", "2026-03-01T10:00:00Z", "2026-03-01T11:00:00Z", "0.10", "gone");
        Reconciled result = new Reconciled(
                FROM,
                TO,
                accounts(),
                kinds(Map.of(Kind.LOST, 1L)),
                1,
                0,
                0,
                0,
                List.of(new Reconciled.Line(lost, null)),
                0);

        assertThat(ReconcileJson.print(result))
                .contains(
                        "\"in_order\":false", "\"balanced\":true", "\"table_total\":\"0.10\"", "\"kinds\":{\"lost\":1}")
                .doesNotContain("\n");
    }

    private static Finding finding(Kind kind, String mode, String start, String end, String table, String detail) {
        return new Finding(
                kind,
                "calls",
                "acme",
                mode,
                "calls",
                "cus_1",
                Instant.parse(start),
                Instant.parse(end),
                new BigDecimal(table),
                new BigDecimal("5.0"),
                BigDecimal.ZERO,
                detail);
    }

    private static Map<String, BigDecimal> accounts() {
        Map<String, BigDecimal> accounts = new LinkedHashMap<>();
        accounts.put("metered", new BigDecimal("-20007"));
        accounts.put("unreported", new BigDecimal("7"));
        accounts.put("reported", new BigDecimal("20000"));
        return accounts;
    }

    private static Map<Kind, Long> kinds(Map<Kind, Long> kinds) {
        return new EnumMap<>(kinds);
    }
}
