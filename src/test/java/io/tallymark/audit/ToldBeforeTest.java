package io.tallymark.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.audit.ReplayDifference.Total;
import io.tallymark.deploy.Roles;
import io.tallymark.reconcile.BooksDatabase;
import io.tallymark.usage.Aggregation;
import io.tallymark.usage.Meter;
import io.tallymark.usage.ReportMode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which corrections of the renamed meter {@code calls2} a replay leaves out, asked with the writer's rights. */
class ToldBeforeTest {
    private static final Instant HOUR = BooksDatabase.hoursAgo(5);

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private BooksDatabase books;

    @BeforeEach
    void open() throws SQLException {
        books = new BooksDatabase();
    }

    @AfterEach
    void close() throws SQLException {
        books.close();
    }

    @ParameterizedTest
    @CsvSource({
        "calls, delta, calls, acme, 0, confirmed, true",
        "calls, delta, calls, acme, 0, accepted, true",
        "calls, delta, calls, acme, 0, pending, true",
        "calls, delta, calls, acme, 0, ambiguous, true",
        "calls, delta, calls, acme, 0, rejected, false",
        "calls, delta, calls, acme, 0, expired, false",
        "calls, delta, calls, acme, 0, lost, false",
        "calls, hourly-total, calls, acme, 0, lost, true",
        "calls, delta, others, acme, 0, confirmed, false",
        "calls, delta, calls, globex, 0, confirmed, false",
        "calls, delta, calls, acme, 1, confirmed, false",
        "calls2, delta, calls, acme, 0, confirmed, false",
        "calls, usage-record-set, calls, acme, 0, confirmed, false"
    })
    void isLeftOutWhereStripeHoldsOrMayHoldTheHourOfAnotherMetric(
            String metric, String mode, String eventName, String customer, int hoursLater, String state, boolean held)
            throws SQLException {
        tell(metric, mode, eventName, customer, HOUR.plusSeconds(3_600L * hoursLater), state);

        assertThat(holds()).isEqualTo(held);
        assertThat(output.toString(StandardCharsets.UTF_8).contains("Stripe was told this hour of calls under"))
                .isEqualTo(held);
    }

    @Test
    void isNotLeftOutWhereTheMetricItselfIsKnownUnderAnEventNameOfBefore() throws SQLException {
        tell("calls", "delta", "calls", "acme", HOUR, "confirmed");
        tell("calls2", "delta", "former", "acme", HOUR, "confirmed");

        assertThat(holds()).isFalse();
    }

    private boolean holds() throws SQLException {
        PrintStream out = new PrintStream(output, true, StandardCharsets.UTF_8);
        try (ToldBefore told = new ToldBefore(Roles.WRITER.of(books.access()).connect(), List.of(meter()), out)) {
            boolean held = told.holds(new ReplayDifference("calls2", "acme", "{}", HOUR, null, Total.NOTHING, false));
            assertThat(told.leftOut()).isEqualTo(held ? 1 : 0);
            return held;
        }
    }

    private void tell(String metric, String mode, String eventName, String customer, Instant hour, String state)
            throws SQLException {
        books.execute(
                "INSERT INTO stripe_report (identifier, metric, customer_id, period_start, sequence, mode, event_name,"
                        + " stripe_customer_id, value, amount, event_timestamp, state, attempts, first_sent_at)"
                        + " VALUES (?, ?, ?, ?, 1, ?, ?, 'cus_1', 5, 5, ?, ?, 1, now())",
                "id-" + metric,
                metric,
                customer,
                hour,
                mode,
                eventName,
                hour,
                state);
    }

    private static Meter meter() {
        return new Meter(
                "calls2",
                "api",
                Aggregation.COUNT,
                "",
                List.of(),
                Map.of(),
                false,
                Meter.ALWAYS,
                new Meter.StripeReport("calls", ReportMode.DELTA));
    }
}
