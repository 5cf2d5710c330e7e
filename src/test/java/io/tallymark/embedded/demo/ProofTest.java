package io.tallymark.embedded.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.embedded.traffic.OutcomeCounts;
import io.tallymark.embedded.traffic.Truth;
import io.tallymark.embedded.traffic.TruthRow;
import io.tallymark.usage.Aggregation;
import io.tallymark.usage.BillingHour;
import io.tallymark.usage.Fingerprint;
import io.tallymark.usage.Meter;
import io.tallymark.usage.RejectReason;
import io.tallymark.usage.ReportMode;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The demo's proof must fail whenever a far end says anything else than the truth. */
class ProofTest {
    private static final BillingHour HOUR = new BillingHour(490_000);
    private static final Fingerprint DIGEST = new Fingerprint(1, 2);
    private static final List<Meter> METERS = List.of(new Meter(
            "calls",
            "call",
            Aggregation.SUM,
            "data.n",
            List.of("data.region"),
            Map.of(),
            false,
            Meter.ALWAYS,
            new Meter.StripeReport("calls", ReportMode.HOURLY_TOTAL)));
    private static final OutcomeCounts COUNTS =
            new OutcomeCounts(14, 7, 1, 2, 1, 1, 1, Map.of(RejectReason.UNREADABLE, 1L));
    private static final Truth TRUTH =
            new Truth(COUNTS, List.of(row("{\"region\":\"eu\"}", "2.5", 4, 0), row("{}", "1", 2, 1)));

    @Test
    void findsNothingWhenAllAgree() {
        assertThat(differences(6, "2.50", true, "3.5", "0")).isEmpty();
    }

    @Test
    void findsAMissingEvent() {
        assertThat(differences(5, "2.5", true, "3.5", "0")).containsExactly("table: events: truth 6, found 5");
    }

    @Test
    void findsEachFigureOfTheBalanceSheetThatIsWrong() {
        OutcomeCounts wrong = new OutcomeCounts(14, 6, 0, 3, 0, 2, 2, Map.of(RejectReason.TOO_LATE, 1L));

        assertThat(differences(sheet(wrong, 0, 14)))
                .extracting(line -> line.replaceAll(": truth.*", ""))
                .containsExactly(
                        "balance sheet: counted",
                        "balance sheet: withdrawn",
                        "balance sheet: duplicates",
                        "balance sheet: conflicts",
                        "balance sheet: waiting voids",
                        "balance sheet: ignored",
                        "balance sheet: dead-lettered");
    }

    @Test
    void findsARowThatDoesNotAddUp() {
        OutcomeCounts tooMany = new OutcomeCounts(13, 7, 1, 2, 1, 1, 1, Map.of(RejectReason.UNREADABLE, 1L));

        assertThat(differences(sheet(tooMany, 0, 14)))
                .contains(
                        "balance sheet: partition 0, hour 2025-11-24T16:00:00Z: read 13, accounted for 14",
                        "balance sheet: partition 0, hour 2025-11-24T16:00:00Z: read 13 of 14 offsets");
    }

    @Test
    void findsAGapInTheOffsets() {
        assertThat(differences(sheet(COUNTS, 1, 15)))
                .containsExactly(
                        "balance sheet: partition 0, hour 2025-11-24T16:00:00Z: begins at 1, not 0",
                        "balance sheet: partition 0: read to 15 of 14");
    }

    @Test
    void findsAWrongTotal() {
        assertThat(differences(6, "2.4", true, "3.5", "0"))
                .singleElement()
                .asString()
                .startsWith("table: ");
    }

    @Test
    void findsAnHourThatIsStillOpen() {
        assertThat(differences(6, "2.5", false, "3.5", "0"))
                .singleElement()
                .asString()
                .contains("still open");
    }

    @Test
    void findsWhatStripeWasToldWrong() {
        assertThat(differences(6, "2.5", true, "7", "0"))
                .singleElement()
                .asString()
                .startsWith("Stripe: ");
    }

    @Test
    void findsAnUnsettledLedger() {
        assertThat(differences(6, "2.5", true, "3.5", "0.1"))
                .singleElement()
                .asString()
                .startsWith("ledger: ");
    }

    private static List<String> differences(
            long counted, String quantity, boolean closed, String stripe, String unreported) {
        return differences(sheet(COUNTS, 0, 14), counted, quantity, closed, stripe, unreported);
    }

    private static List<String> differences(BalanceSheet balance) {
        return differences(balance, 6, "2.5", true, "3.5", "0");
    }

    private static BalanceSheet sheet(OutcomeCounts counts, long firstOffset, long nextOffset) {
        return new BalanceSheet(List.of(new BalanceSheet.Row(0, HOUR.start(), firstOffset, nextOffset, counts, 0)));
    }

    private static List<String> differences(
            BalanceSheet balance, long events, String quantity, boolean closed, String stripe, String unreported) {
        Map<TotalKey, Total> table = Map.of(
                TotalKey.of("calls", "acme", "{\"region\": \"eu\"}", HOUR),
                new Total(new BigDecimal(quantity), 4, DIGEST.toString(), 0, closed),
                TotalKey.of("calls", "acme", "{}", HOUR),
                new Total(BigDecimal.ONE, 2, DIGEST.toString(), 1, true));
        Proof.FarEnds ends = new Proof.FarEnds(
                Map.of(0, 14L),
                balance,
                events,
                Map.of(RejectReason.UNREADABLE, 1L),
                table,
                Map.of(new TotalKey("calls", "acme", Map.of(), HOUR), new BigDecimal(stripe)),
                new BigDecimal(unreported),
                1);
        return Proof.differences(TRUTH, ends, METERS);
    }

    private static TruthRow row(String dimensions, String quantity, long events, long withdrawn) {
        return new TruthRow("calls", "acme", dimensions, HOUR, new BigDecimal(quantity), events, DIGEST, withdrawn);
    }
}
