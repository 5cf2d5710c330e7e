package io.tallymark.audit.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an operator reads. */
class StatusTextTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:30:00Z");

    @Test
    void verdictComesFirstThenTheFiguresInColumns() {
        Status status = new Status(
                "usage-events",
                NOW,
                new Progress(NOW.minusSeconds(130), NOW.minusSeconds(5), NOW.minusSeconds(4)),
                new OpenHours(1, Instant.parse("2026-03-01T12:00:00Z"), 0),
                List.of(
                        new PartitionStatus(
                                "usage-events",
                                0,
                                0,
                                1_234_567,
                                12,
                                0,
                                new Outcomes(1_234_567, 1_200_000, 3, 30_000, 2, 1, 4_000, 0, 561)),
                        new PartitionStatus("usage-events", 1, 0, 90, 0, 0, new Outcomes(90, 89, 0, 0, 0, 0, 0, 0, 1))),
                List.of(),
                new TreeMap<>(Map.of("TOO_LATE", 560L, "UNREADABLE", 2L)),
                Map.of("2026-03-01T09:00:00Z", 17L),
                new Reporting(
                        List.of(new Reporting.Balance("llm_tokens", new BigDecimal("98765.50"), 3)),
                        3,
                        NOW.minusSeconds(700),
                        Map.of("unmapped", 2L),
                        Map.of("rejected", 1L),
                        new TreeMap<>(Map.of("accepted", 4L, "ambiguous", 1L, "confirmed", 12_345L)),
                        Map.of("lost", 2L),
                        1,
                        List.of()),
                List.of(new Finding(
                        "usage-events partition 1, offsets 90 to 95 are in no row, and there are records",
                        "read them")),
                List.of(),
                List.of("2 records repeat the identity of an event"));

        assertThat(StatusText.print(status)).isEqualTo("""
                status: DOES NOT ADD UP, moves, STRIPE DIFFERS
                problem: usage-events partition 1, offsets 90 to 95 are in no row, and there are records
                  to mend it: read them
                problem: 2 windows are lost by Stripe's summaries: see reconcile_finding
                  to mend it: ./tallymark reconcile --repair tells the difference anew
                problem: 1 report is ambiguous: ./tallymark reconcile names them
                  to mend it: look into Stripe's dashboard, then ./tallymark reconcile --resolve IDENTIFIER --as accepted|lost
                problem: Stripe refused the newest report of 1 hour: see stripe_report.error where state = 'rejected'
                  to mend it: mend what the error names, then ./tallymark reconcile --repair
                warning: 2 records repeat the identity of an event

                metering of usage-events
                  last checkpoint   4s ago
                  last record read  5s ago
                  watermark         2m old, 2026-03-01T12:27:50Z
                  open hours        1, the oldest of 2026-03-01T12:00:00Z

                balance sheet, records
                  topic         partition  first-offset  next-offset  lag       read    counted  withdrawn  duplicate  conflict  void-waiting  ignored  uncovered  dead-lettered
                  usage-events          0             0    1,234,567   12  1,234,567  1,200,000          3     30,000         2             1    4,000          0            561
                  usage-events          1             0           90    0         90         89          0          0         0             0        0          0              1
                  total                                                12  1,234,657  1,200,089          3     30,000         2             1    4,000          0            562

                dead letters by reason
                  TOO_LATE    560
                  UNREADABLE  2

                uncovered hours, left as they stand
                  2026-03-01T09:00:00Z  17

                reporting to Stripe
                  meter       unreported  customers
                  llm_tokens    98,765.5          3
                  due hours         3, the oldest for 11m
                  waiting           2 for unmapped
                  accepted reports  4
                  ambiguous reports  1
                  confirmed reports  12,345
                  rejected reports  1
                  open findings     2 lost""");
    }

    @Test
    void meteringThatNeverRanHasNoAges() {
        Status status = new Status(
                "usage-events",
                NOW,
                null,
                new OpenHours(0, null, 0),
                List.of(),
                List.of(),
                Map.of(),
                Map.of(),
                new Reporting(List.of(), 0, null, Map.of(), Map.of(), Map.of(), Map.of(), 0, List.of()),
                List.of(),
                List.of(new Finding("metering of usage-events never ran", "start the job")),
                List.of());

        assertThat(StatusText.print(status)).startsWith("""
                        status: adds up, DOES NOT MOVE
                        problem: metering of usage-events never ran
                          to mend it: start the job

                        metering of usage-events
                          last checkpoint   never
                        """);
    }

    @ParameterizedTest
    @CsvSource({"-5,0s", "0,0s", "119,119s", "120,2m", "7199,119m", "7200,2h", "172799,47h", "172800,2d"})
    void agesHaveOneUnit(long seconds, String text) {
        assertThat(Ages.between(NOW, NOW.plusSeconds(seconds))).isEqualTo(text);
    }
}
