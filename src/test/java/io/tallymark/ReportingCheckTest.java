package io.tallymark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.tallymark.config.Settings;
import io.tallymark.config.SettingsLoader;
import io.tallymark.reconcile.BooksDatabase;
import io.tallymark.simulator.StripeSimulator;
import io.tallymark.stripe.MeterCheck;
import io.tallymark.stripe.StripeReadings;
import io.tallymark.stripe.StripeSettings;
import io.tallymark.usage.ReportMode;
import io.tallymark.usage.SecretRef;
import io.tallymark.usage.UserError;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.InstantSource;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the job's start says of a way to report that would bill wrong. */
class ReportingCheckTest {
    @TempDir
    private Path directory;

    private BooksDatabase books;
    private StripeSimulator simulator;

    @BeforeEach
    void open() throws Exception {
        Files.writeString(directory.resolve("key"), "sk_test_any");
        books = new BooksDatabase();
        simulator = StripeSimulator.start(0, InstantSource.system());
        books.execute("INSERT INTO reported_meter VALUES ('calls', 'calls', 'delta')");
        books.total("calls", "acme", BooksDatabase.hoursAgo(5), "5");
        books.accepted("calls", "acme", BooksDatabase.hoursAgo(5), 1, "delta", "5", "5");
    }

    @AfterEach
    void close() throws SQLException {
        simulator.close();
        books.close();
    }

    @Test
    void unchangedMeterStarts() {
        createMeter(ReportMode.DELTA);

        assertThatCode(() -> build(settings("calls", "delta"))).doesNotThrowAnyException();
    }

    @Test
    void changedModeIsRefusedAlsoWhileStripeIsAway() {
        simulator.close();

        assertThatThrownBy(() -> build(settings("calls", "hourly-total")))
                .isInstanceOf(UserError.class)
                .hasMessageStartingWith(
                        "meter calls: stripe.mode delta -> hourly-total with the same event-name calls");
    }

    @Test
    void stripeMeterOfAnotherKindIsRefused() {
        createMeter(ReportMode.HOURLY_TOTAL);

        assertThatThrownBy(() -> build(settings("calls", "delta")))
                .isInstanceOf(UserError.class)
                .hasMessage("meter calls: Stripe's meter calls has formula sum, event_time_window=hour; the mode delta"
                        + " would bill wrong with it");
    }

    @Test
    void missingStripeMeterOrAStripeThatIsAwayStopsNothing() {
        assertThatCode(() -> build(settings("calls", "delta"))).doesNotThrowAnyException();
        simulator.close();
        assertThatCode(() -> build(settings("calls", "delta"))).doesNotThrowAnyException();
    }

    @Test
    @Timeout(120)
    void stripeThatNeverAnswersStopsNothing() throws Exception {
        // Connections wait in its queue.
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            URI base = URI.create("http://127.0.0.1:" + silent.getLocalPort());

            assertThatCode(() -> build(settings("calls", "delta", "reporting", base)))
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void proxyThatAnswersForStripeStopsNothing() throws Exception {
        HttpServer proxy = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        proxy.createContext("/", exchange -> {
            byte[] page = "<html>please log in</html>".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        proxy.start();
        try {
            URI base = URI.create("http://127.0.0.1:" + proxy.getAddress().getPort());

            assertThatCode(() -> build(settings("calls", "delta", "reporting", base)))
                    .doesNotThrowAnyException();
        } finally {
            proxy.stop(0);
        }
    }

    @Test
    void jobThatOnlyMetersIsNotAsked() throws Exception {
        createMeter(ReportMode.HOURLY_TOTAL);
        long asked = simulator.requestCount();

        assertThat(ReportingCheck.problems(settings("calls", "hourly-total", "metering")))
                .isEmpty();
        assertThat(simulator.requestCount()).isEqualTo(asked);
    }

    private static void build(Settings settings) {
        TallymarkJob.build(StreamExecutionEnvironment.createLocalEnvironment(1), settings);
    }

    private void createMeter(ReportMode mode) {
        StripeSettings settings =
                StripeSettings.defaults(SecretRef.none("stripe.api-key")).withApiBase(simulator.apiBase());
        try (StripeReadings stripe = StripeReadings.open(settings)) {
            stripe.createMeter("calls", "calls", MeterCheck.formula(mode), MeterCheck.window(mode));
        }
    }

    private Settings settings(String eventName, String mode) {
        return settings(eventName, mode, "reporting");
    }

    private Settings settings(String eventName, String mode, String pipeline) {
        return settings(eventName, mode, pipeline, simulator.apiBase());
    }

    private Settings settings(String eventName, String mode, String pipeline, URI apiBase) {
        return SettingsLoader.fromText("tallymark.yaml", """
                pipelines: [%s]
                kafka: {bootstrap-servers: "127.0.0.1:1"}
                postgres: {url: "%s", user: a_reporter}
                stripe: {api-base: "%s", api-key-file: "%s"}
                meters: [{metric: calls, event-type: t, aggregation: count, stripe: {event-name: %s, mode: %s}}]
                """.formatted(
                        pipeline, books.access().url(), apiBase, directory.resolve("key"), eventName, mode));
    }
}
