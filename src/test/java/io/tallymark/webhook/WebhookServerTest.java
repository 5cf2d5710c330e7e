package io.tallymark.webhook;

import static io.tallymark.webhook.Sender.SECRET;
import static io.tallymark.webhook.Sender.event;
import static io.tallymark.webhook.Sender.signature;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.tallymark.database.Database;
import io.tallymark.reconcile.BooksDatabase;
import io.tallymark.simulator.SettableClock;
import io.tallymark.usage.DatabaseAccess;
import io.tallymark.usage.SecretRef;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookServerTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final DatabaseAccess AWAY =
            new DatabaseAccess("jdbc:postgresql://127.0.0.1:1/away", "nobody", SecretRef.none("postgres.password"));

    @TempDir
    private Path directory;

    private final SettableClock clock = new SettableClock(NOW);
    private final List<WebhookEvent> handled = new CopyOnWriteArrayList<>();
    private volatile WebhookHandler next = event -> Answer.accepted();

    private BooksDatabase tables;
    private Database database;
    private WebhookServer server;
    private Sender stripe;

    @BeforeEach
    void open() throws Exception {
        tables = new BooksDatabase();
        database = Database.open(tables.access(), "webhook-test", 4, Duration.ofSeconds(10));
        start(database, false, Duration.ofSeconds(10));
    }

    @AfterEach
    void close() throws SQLException {
        server.close();
        database.close();
        tables.close();
    }

    @Test
    void aGenuineEventIsHandled() throws Exception {
        Sender.Reply reply = stripe.deliver(event("evt_1"));

        assertThat(reply.status()).isEqualTo(200);
        assertThat(handled)
                .containsExactly(new WebhookEvent(
                        "evt_1", "invoice.created", Instant.ofEpochSecond(1_795_341_600), "invoice", "in_1", false));
        assertThat(rows()).containsExactly("evt_1, invoice.created, in_1, 1, 200, ");
    }

    @Test
    void aForgedDeliveryIsRefusedAndNothingOfItIsEchoed() throws Exception {
        String body = event("evt_1");
        String good = signature(body, SECRET, NOW);

        List<Sender.Reply> replies = List.of(
                stripe.deliver(body, signature(body, "whsec_somebody_else", NOW)),
                stripe.deliver(body.replace("in_1", "in_2"), good),
                stripe.deliver(body, good.replace("t=" + NOW.getEpochSecond(), "t=" + (NOW.getEpochSecond() - 1))));

        assertThat(replies).allSatisfy(reply -> {
            assertThat(reply.status()).isEqualTo(400);
            assertThat(reply.body().toString()).contains("no signature matches").doesNotContain("whsec", "in_", "evt_");
        });
        assertThat(handled).isEmpty();
        assertThat(rows()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"-301, 400, older than 300 s", "-300, 200, accepted", "300, 200, accepted", "301, 400, ahead of"})
    void aSignatureIsTakenFromFiveMinutesAgoToFiveMinutesAhead(long seconds, int status, String words) {
        String body = event("evt_1");

        Sender.Reply reply = stripe.deliver(body, signature(body, SECRET, NOW.plusSeconds(seconds)));

        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.body().path("status").asText()).contains(words);
    }

    @Test
    void aDeliveryWithoutSignatureIsRefused() {
        assertThat(stripe.deliver(event("evt_1"), "").body().path("status").asText())
                .isEqualTo("there is no Stripe-Signature header");
        assertThat(handled).isEmpty();
    }

    @Test
    void aRepeatOfAnAcceptedEventIsAnsweredAndNotHandledAgain() throws Exception {
        stripe.deliver(event("evt_1"));

        assertThat(stripe.deliver(event("evt_1")).status()).isEqualTo(200);

        assertThat(handled).hasSize(1);
        assertThat(rows()).containsExactly("evt_1, invoice.created, in_1, 2, 200, ");
    }

    @Test
    void ofDeliveriesAtTheSameTimeOneIsHandled() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        next = event -> {
            awaitLatch(go);
            return Answer.accepted();
        };

        List<CompletableFuture<Integer>> replies = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            replies.add(stripe.later(event("evt_1")));
        }
        await().until(() -> replies.stream().filter(CompletableFuture::isDone).count() == 5);
        go.countDown();

        assertThat(replies).extracting(CompletableFuture::join).containsOnly(200, 503);
        assertThat(replies).filteredOn(reply -> reply.join() == 200).hasSize(1);
        assertThat(handled).hasSize(1);
        assertThat(stripe.deliver(event("evt_1")).status()).isEqualTo(200);
        assertThat(handled).hasSize(1);
    }

    @Test
    void aHeldEventIsAnsweredWithItsReasonsAndAskedAgain() throws Exception {
        next = event -> Answer.held(List.of("hour 9 is open", "3 reports wait"));

        Sender.Reply reply = stripe.deliver(event("evt_1"));

        assertThat(reply.status()).isEqualTo(409);
        assertThat(reply.body())
                .hasToString("{\"status\":\"held\",\"reasons\":[\"hour 9 is open\",\"3 reports wait\"]}");
        assertThat(rows()).containsExactly("evt_1, invoice.created, in_1, 1, 409, hour 9 is open; 3 reports wait");
        next = event -> Answer.accepted();
        assertThat(stripe.deliver(event("evt_1")).status()).isEqualTo(200);
        assertThat(handled).hasSize(2);
        assertThat(rows()).containsExactly("evt_1, invoice.created, in_1, 2, 200, ");
    }

    @Test
    void aHandlerThatBreaksOrFailsIsAskedAgain() throws Exception {
        next = event -> {
            throw new IllegalStateException("a bug with a secret in it");
        };
        Sender.Reply broken = stripe.deliver(event("evt_1"));
        next = event -> Answer.failed("Stripe is away");
        Sender.Reply failed = stripe.deliver(event("evt_1"));
        next = event -> Answer.accepted();

        assertThat(broken.status()).isEqualTo(500);
        assertThat(broken.body().toString()).doesNotContain("secret");
        assertThat(failed.status()).isEqualTo(500);
        assertThat(stripe.deliver(event("evt_1")).status()).isEqualTo(200);
        assertThat(handled).hasSize(3);
    }

    @Test
    void aHandlerWhoseDatabaseIsAwayIsAskedAgain() {
        next = event -> {
            throw new SQLException("away", "08006");
        };

        assertThat(stripe.deliver(event("evt_1")).status()).isEqualTo(503);

        next = event -> Answer.accepted();
        assertThat(stripe.deliver(event("evt_1")).status()).isEqualTo(200);
    }

    @Test
    void whoeverDiedWhileHandlingIsTakenOverAfterAMinute() throws Exception {
        stripe.deliver(event("evt_1"));
        tables.execute("UPDATE webhook_event SET answer = 0, received_at = now() - interval '50 seconds'");
        assertThat(stripe.deliver(event("evt_1")).status()).isEqualTo(503);

        tables.execute("UPDATE webhook_event SET received_at = now() - interval '61 seconds'");

        assertThat(stripe.deliver(event("evt_1")).status()).isEqualTo(200);
        assertThat(handled).hasSize(2);
    }

    @Test
    void anOlderEventAfterANewerOneIsHandledToo() {
        String older = event("evt_2").replace("1795341600", "1795341500");

        assertThat(stripe.deliver(event("evt_1")).status()).isEqualTo(200);
        assertThat(stripe.deliver(older).status()).isEqualTo(200);

        assertThat(handled).extracting(WebhookEvent::id).containsExactly("evt_1", "evt_2");
    }

    @Test
    void aThinEventIsHandledByWhatItNames() {
        String thin =
                "{\"id\":\"evt_test_9\",\"object\":\"v2.core.event\",\"type\":\"v1.billing.meter.error_report_triggered\","
                        + "\"created\":\"2026-11-22T10:00:00.123Z\",\"livemode\":false,"
                        + "\"related_object\":{\"id\":\"mtr_1\",\"type\":\"billing.meter\",\"url\":\"/v1/billing/meters/mtr_1\"}}";

        assertThat(stripe.deliver(thin).status()).isEqualTo(200);

        assertThat(handled)
                .containsExactly(new WebhookEvent(
                        "evt_test_9",
                        "v1.billing.meter.error_report_triggered",
                        Instant.parse("2026-11-22T10:00:00.123Z"),
                        "billing.meter",
                        "mtr_1",
                        false));
    }

    @Test
    void anEventOfTheOtherModeIsRefused() throws Exception {
        assertThat(stripe.deliver(event("evt_1", true)).body().path("status").asText())
                .isEqualTo("an event of live mode, but the API key is of test mode");
        server.close();
        start(database, true, Duration.ofSeconds(10));

        assertThat(stripe.deliver(event("evt_2", true)).status()).isEqualTo(200);
        assertThat(stripe.deliver(event("evt_3", false)).status()).isEqualTo(400);
        assertThat(handled).extracting(WebhookEvent::id).containsExactly("evt_2");
    }

    @Test
    void aBodyOfOneMebibyteIsTheLargest() {
        String largest = filled(WebhookDoor.MOST_BODY_BYTES);
        assertThat(stripe.deliver(largest).status()).isEqualTo(200);

        String chunked = filled(WebhookDoor.MOST_BODY_BYTES + 1);
        HttpRequest.Builder withoutLength = stripe.to(WebhookDoor.PATH)
                .header("Stripe-Signature", signature(chunked, SECRET, NOW))
                .POST(BodyPublishers.fromPublisher(BodyPublishers.ofString(chunked)));
        assertThat(stripe.send(withoutLength).status()).isEqualTo(413);
        assertThat(handled).hasSize(1);
    }

    @Test
    void aBodyThatSaysItIsTooLargeIsNotWaitedFor() throws Exception {
        server.close();
        start(database, false, Duration.ofMillis(500));

        String reply = stripe.raw("POST /stripe/webhook HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n");

        assertThat(reply).startsWith("HTTP/1.1 413");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /stripe/webhook HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{\"id\"",
                "POST /stripe/webhook HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
                "POST /stripe/webhook HTTP/1.1\r\nHost:",
                "POST /elsewhere HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{"
            })
    void whoeverSendsSlowlyIsCutOff(String halfARequest) throws Exception {
        server.close();
        start(database, false, Duration.ofMillis(500));
        long start = System.nanoTime();

        assertThat(stripe.raw(halfARequest)).doesNotContain("HTTP/1.1 200");

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        assertThat(stripe.deliver(event("evt_1")).status()).isEqualTo(200);
    }

    @Test
    void aHandlerMayTakeLongerThanASenderMay() throws Exception {
        server.close();
        start(database, false, Duration.ofMillis(200));
        CountDownLatch never = new CountDownLatch(1);
        next = event -> {
            try {
                never.await(500, TimeUnit.MILLISECONDS);
                return Answer.accepted();
            } catch (InterruptedException e) {
                return Answer.failed("interrupted");
            }
        };

        assertThat(stripe.deliver(event("evt_1")).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /stripe/webhook, 405",
        "PUT, /stripe/webhook, 405",
        "POST, /health, 405",
        "POST, /, 404",
        "POST, /stripe/webhook/, 404",
        "POST, /Stripe/Webhook, 404"
    })
    void otherMethodsAndPathsAreRefused(String method, String path, int status) {
        HttpRequest.Builder request = stripe.to(path).method(method, BodyPublishers.ofString(event("evt_1")));

        assertThat(stripe.send(request).status()).isEqualTo(status);
        assertThat(handled).isEmpty();
    }

    @Test
    void healthNamesTheNewestEvent() {
        assertThat(stripe.send(stripe.to("/health")).body()).hasToString("{\"status\":\"ok\"}");
        stripe.deliver(event("evt_1"));

        Sender.Reply health = stripe.send(stripe.to("/health"));

        assertThat(health.status()).isEqualTo(200);
        assertThat(health.body().at("/newest_event/type").asText()).isEqualTo("invoice.created");
        assertThat(Instant.parse(health.body().at("/newest_event/received_at").asText()))
                .isCloseTo(Instant.now(), within(Duration.ofMinutes(1)));
    }

    @Test
    void whileTheDatabaseIsAwayStripeIsAskedToRepeat() throws Exception {
        server.close();
        try (Database away = Database.open(AWAY, "webhook-test-away", 2, Duration.ofSeconds(1))) {
            start(away, false, Duration.ofSeconds(10));

            assertThat(stripe.deliver(event("evt_1")).status()).isEqualTo(503);
            assertThat(stripe.send(stripe.to("/health")).status()).isEqualTo(503);
            assertThat(handled).isEmpty();
            server.close();
        }
    }

    @Test
    void rowsOlderThanFortyDaysAreDeletedNowAndThen() throws Exception {
        tables.execute("""
                INSERT INTO webhook_event (event_id, type, object_id, created_at, received_at, answer)
                SELECT 'evt_old_' || days, 'invoice.created', 'in_1', now(), now() - make_interval(days => days), 200
                FROM generate_series(39, 41) AS days
                """);

        stripe.deliver(event("evt_1"));

        await().untilAsserted(() -> assertThat(tables.rows("SELECT event_id FROM webhook_event ORDER BY event_id"))
                .containsExactly("evt_1", "evt_old_39"));
    }

    @Test
    void closingLetsARunningHandlerEnd() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        next = event -> {
            awaitLatch(go);
            return Answer.accepted();
        };
        CompletableFuture<Integer> reply = stripe.later(event("evt_1"));
        await().until(() -> handled.size() == 1);

        CompletableFuture<Void> closing = CompletableFuture.runAsync(server::close);
        go.countDown();

        assertThat(reply.get(10, TimeUnit.SECONDS)).isEqualTo(200);
        closing.get(10, TimeUnit.SECONDS);
    }

    @Test
    void moreDeliveriesThanItHasRoomForDoNoLastingHarm() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        next = event -> {
            awaitLatch(go);
            return Answer.accepted();
        };
        List<CompletableFuture<Integer>> replies = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            replies.add(stripe.later(event("evt_" + i)));
        }
        await().until(() -> replies.stream().anyMatch(CompletableFuture::isCompletedExceptionally));
        go.countDown();
        await().until(() -> replies.stream().allMatch(CompletableFuture::isDone));

        assertThat(stripe.deliver(event("evt_after")).status()).isEqualTo(200);
    }

    private void start(Database withTables, boolean live, Duration readWithin) throws IOException {
        Path secret = Files.writeString(directory.resolve("secret"), SECRET + "\n");
        ServeSettings settings = new ServeSettings(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                SecretRef.file("stripe.webhook-secret", secret),
                live);
        server = WebhookServer.start(settings, withTables, this::handle, clock, readWithin);
        stripe = new Sender(server.url(), clock);
    }

    private Answer handle(WebhookEvent event) throws SQLException {
        handled.add(event);
        return next.handle(event);
    }

    private List<String> rows() throws SQLException {
        return tables.rows(
                "SELECT event_id, type, object_id, deliveries, answer, detail FROM webhook_event ORDER BY event_id");
    }

    private static String filled(int bytes) {
        String body = event("evt_1").replace("Größe", "");
        return body.replace("\"total\":\"", "\"total\":\"" + "x".repeat(bytes - body.length()));
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
