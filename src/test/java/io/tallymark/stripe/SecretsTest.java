package io.tallymark.stripe;

import static io.tallymark.stripe.DeliveryTableTest.error;
import static io.tallymark.stripe.ScriptedServer.reply;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.tallymark.usage.ReportMode;
import io.tallymark.usage.ReportSender;
import io.tallymark.usage.SecretRef;
import io.tallymark.usage.UsageQuestion;
import io.tallymark.usage.UsageReport;
import io.tallymark.usage.UserError;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** However a call fails, and whatever the other side echoes, the API key is in nothing that is stored, shown or logged. */
class SecretsTest {
    private static final String KEY = "sk_test_Secret42";
    private static final Instant HOUR = Instant.parse("2026-11-22T10:00:00Z");

    /** Servers that say the key aloud. */
    private static final Map<String, ScriptedServer.Step> ECHOES = Map.ofEntries(
            entry("unauthorized", error(401, "Request-Id: " + KEY, "Invalid API Key provided: " + KEY)),
            entry("forbidden", error(403, "", "The key " + KEY + " may not")),
            entry("rejected", error(400, "Request-Id: " + KEY, "prefix" + KEY + "_suffix")),
            entry("no such endpoint", error(404, "", "Unrecognized request URL " + KEY)),
            entry("failed", error(500, "Stripe-Rate-Limited-Reason: " + KEY, KEY)),
            entry("limited", error(429, "Stripe-Rate-Limited-Reason: " + KEY, KEY)),
            entry("redirect", reply(302, "Location: http://127.0.0.1:1/" + KEY, "{\"moved\":\"" + KEY + "\"}")),
            entry("refused by a proxy", reply(407, "", "Bearer " + KEY)),
            entry("of something else", reply(200, "Request-Id: " + KEY, "{\"identifier\":\"" + KEY + "\"}")),
            entry("odd success", reply(200, "", "{\"data\":\"" + KEY + "\",\"payload\":\"" + KEY + "\"}")),
            entry(
                    "odd error",
                    reply(400, "", "{\"error\":{\"message\":{\"" + KEY + "\":1},\"type\":\"" + KEY + "\"}}")),
            entry("no HTTP", (socket, server) -> {
                socket.getOutputStream().write((KEY + " 200\r\n\r\n").getBytes(StandardCharsets.UTF_8));
                return false;
            }),
            entry("reset", ScriptedServer.reset()));

    /** Not private, for it is read by name. */
    static final Set<String> ECHO_NAMES = ECHOES.keySet();

    private ScriptedServer server;
    private StripeSettings settings;

    @BeforeEach
    void open(@TempDir Path folder) throws IOException {
        server = new ScriptedServer();
        Path file = Files.writeString(folder.resolve("key"), KEY);
        settings =
                StripeSettings.defaults(SecretRef.file("stripe.api-key", file)).withApiBase(server.base());
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    @ParameterizedTest
    @FieldSource("ECHO_NAMES")
    void theKeyIsInNoText(String echo) {
        assertThat(texts(ECHOES.getOrDefault(echo, ScriptedServer.reset())))
                .allSatisfy(text -> assertThat(text).doesNotContain("Secret42"));
        assertThat(server.calls().get(0)).contains(KEY);
    }

    @Test
    void theKeyIsInNoTextWhenNobodyListens() throws IOException {
        server.close();

        assertThat(texts(ScriptedServer.reset()))
                .allSatisfy(text -> assertThat(text).doesNotContain("Secret42"));
    }

    private Stream<String> texts(ScriptedServer.Step step) {
        return Stream.concat(
                Stream.of(ReportMode.values()).flatMap(mode -> Stream.of(sent(mode, step), held(mode, step))),
                Stream.of(listed(step), pinged(step), probed(step)));
    }

    private String sent(ReportMode mode, ScriptedServer.Step step) {
        try (ReportSender sender = open(step)) {
            return sender.send(new UsageReport("id-7", mode, "target", "cus_1", BigDecimal.ONE, HOUR))
                    .toString();
        }
    }

    private String held(ReportMode mode, ScriptedServer.Step step) {
        try (ReportSender sender = open(step)) {
            return sender.held(new UsageQuestion(mode, "target", "cus_1", HOUR, HOUR.plusSeconds(3_600), true))
                    .toString();
        }
    }

    private String listed(ScriptedServer.Step step) {
        server.then(step);
        try (StripeErrorEvents events = StripeErrorEvents.open(settings)) {
            return trace(catchThrowable(() -> events.since(HOUR, HOUR)));
        }
    }

    private String pinged(ScriptedServer.Step step) {
        server.then(step);
        try (StripeReadings readings = StripeReadings.open(settings)) {
            return trace(catchThrowable(readings::ping));
        }
    }

    private String probed(ScriptedServer.Step step) {
        server.then(step);
        try (StripeReadings readings = StripeReadings.open(settings)) {
            return trace(catchThrowable(() -> {
                throw readings.usageRecordProblem("si_1").orElseThrow();
            }));
        }
    }

    private ReportSender open(ScriptedServer.Step step) {
        server.then(step);
        return StripeReportSender.open(settings);
    }

    /** As a log would hold it. */
    private static String trace(@Nullable Throwable thrown) {
        StringWriter text = new StringWriter();
        if (thrown != null) {
            thrown.printStackTrace(new PrintWriter(text));
        }
        return thrown instanceof UserError error ? text + error.remedy() : text.toString();
    }
}
