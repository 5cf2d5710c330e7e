package io.tallymark.embedded.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.embedded.traffic.Truth;
import io.tallymark.embedded.traffic.TruthCounts;
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
    private static final Truth TRUTH = new Truth(
            new TruthCounts(10, 6, 2, 1, Map.of(RejectReason.UNREADABLE, 1L)),
            List.of(row("{\"region\":\"eu\"}", "2.5", 4), row("{}", "1", 2)));

    @Test
    void findsNothingWhenAllAgree() {
        assertThat(differences(6, "2.50", true, "3.5", "0")).isEmpty();
    }

    @Test
    void findsAMissingEvent() {
        assertThat(differences(5, "2.5", true, "3.5", "0"))
                .hasSize(2)
                .anyMatch(line -> line.contains("counted events"));
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
        Map<TotalKey, Total> table = Map.of(
                TotalKey.of("calls", "acme", "{\"region\": \"eu\"}", HOUR),
                new Total(new BigDecimal(quantity), 4, DIGEST.toString(), closed),
                TotalKey.of("calls", "acme", "{}", HOUR),
                new Total(BigDecimal.ONE, 2, DIGEST.toString(), true));
        Proof.FarEnds ends = new Proof.FarEnds(
                10,
                counted,
                Map.of(RejectReason.UNREADABLE, 1L),
                table,
                Map.of(new TotalKey("calls", "acme", Map.of(), HOUR), new BigDecimal(stripe)),
                new BigDecimal(unreported),
                1);
        return Proof.differences(TRUTH, ends, METERS);
    }

    private static TruthRow row(String dimensions, String quantity, long events) {
        return new TruthRow("calls", "acme", dimensions, HOUR, new BigDecimal(quantity), events, DIGEST);
    }
}
