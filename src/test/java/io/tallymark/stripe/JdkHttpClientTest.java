package io.tallymark.stripe;

import static io.tallymark.stripe.DeliveryTableTest.EVENT;
import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.usage.Delivery;
import io.tallymark.usage.Delivery.Outcome;
import io.tallymark.usage.SecretRef;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class JdkHttpClientTest {
    private static final String ACCEPTED = "{\"identifier\":\"id-7\"}";
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Duration LONG = Duration.ofSeconds(20);

    private ScriptedServer server;

    @BeforeEach
    void open() throws IOException {
        server = new ScriptedServer();
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    @Test
    void aPostIsNeverSentAgainWhenAReusedConnectionDies() {
        server.then(ScriptedServer.reply(200, "", ACCEPTED)).then(ScriptedServer.closeWithoutReply());
        try (StripeReportSender sender = sender(LONG)) {
            assertThat(sender.send(EVENT).outcome()).isEqualTo(Outcome.ACCEPTED);
            assertThat(sender.send(EVENT).outcome()).isEqualTo(Outcome.UNKNOWN);
        }
        assertThat(server.calls()).hasSize(2);
    }

    @Test
    void aServerErrorIsNotRetried() {
        server.then(ScriptedServer.reply(500, "Stripe-Should-Retry: true", "{\"error\":{\"type\":\"api_error\"}}"));
        try (StripeReportSender sender = sender(LONG)) {
            assertThat(sender.send(EVENT).outcome()).isEqualTo(Outcome.UNKNOWN);
        }
        assertThat(server.calls()).hasSize(1);
    }

    @Test
    void aSilentServerIsGivenUpAtTheDeadline() {
        assertGivenUp(ScriptedServer.silence());
    }

    @Test
    void aBodyThatStallsIsGivenUpAtTheDeadline() {
        assertGivenUp(ScriptedServer.stallInBody(200));
    }

    @Test
    void noMoreCallsAreInFlightThanThereArePlaces() {
        int places = 2;
        int calls = 8;
        CyclicBarrier full = new CyclicBarrier(places);
        AtomicInteger inFlight = new AtomicInteger();
        List<Integer> seen = new CopyOnWriteArrayList<>();
        for (int i = 0; i < calls; i++) {
            server.then((socket, scripted) -> {
                seen.add(inFlight.incrementAndGet());
                awaitAll(full);
                inFlight.decrementAndGet();
                return ScriptedServer.reply(200, "", ACCEPTED).play(socket, scripted);
            });
        }
        StripeSettings twoPlaces =
                new StripeSettings(SecretRef.none("stripe.api-key"), server.base(), LONG, LONG, places);
        ExecutorService callers = Executors.newFixedThreadPool(calls);
        try (StripeReportSender sender = StripeReportSender.open(twoPlaces)) {
            List<CompletableFuture<Delivery>> all = IntStream.range(0, calls)
                    .mapToObj(i -> CompletableFuture.supplyAsync(() -> sender.send(EVENT), callers))
                    .toList();

            assertThat(all).allSatisfy(call -> assertThat(call.join().outcome()).isEqualTo(Outcome.ACCEPTED));
        } finally {
            callers.shutdownNow();
        }
        assertThat(seen).hasSize(calls).allMatch(count -> count <= places);
    }

    @Test
    void anInterruptEndsTheCallAndStaysSet() throws Exception {
        server.then(ScriptedServer.silence());
        try (StripeReportSender sender = sender(LONG)) {
            CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
            Thread caller = new Thread(() -> {
                Delivery delivery = sender.send(EVENT);
                interrupted.complete(delivery.outcome() == Outcome.UNKNOWN
                        && Thread.currentThread().isInterrupted());
            });
            caller.start();
            Awaitility.await().until(() -> server.calls().size() == 1);
            caller.interrupt();

            assertThat(interrupted.get(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aReplyTooLongForTheHeapIsRefused() {
        server.then(ScriptedServer.reply(200, "", "{\"pad\":\"" + "x".repeat(9 << 20) + "\"}"));
        try (StripeReportSender sender = sender(LONG)) {
            Delivery delivery = sender.send(EVENT);

            assertThat(delivery.outcome()).isEqualTo(Outcome.UNKNOWN);
            assertThat(delivery.detail()).contains("reply longer than");
        }
    }

    @Test
    void everyCallHasItsOwnIdempotencyKeyAndTheSameIdentifier() {
        server.then(ScriptedServer.reply(200, "", ACCEPTED)).then(ScriptedServer.reply(200, "", ACCEPTED));
        try (StripeReportSender sender = sender(LONG)) {
            sender.send(EVENT);
            sender.send(EVENT);
        }
        assertThat(server.calls().stream().map(JdkHttpClientTest::idempotencyKey))
                .doesNotHaveDuplicates()
                .doesNotContain("");
        assertThat(server.calls()).allSatisfy(call -> assertThat(call).contains("identifier=id-7"));
    }

    private void assertGivenUp(ScriptedServer.Step step) {
        server.then(step);
        try (StripeReportSender sender = sender(SHORT)) {
            Delivery delivery = sender.send(EVENT);

            assertThat(delivery.outcome()).isEqualTo(Outcome.UNKNOWN);
            assertThat(delivery.detail()).contains("no whole reply within PT0.3S");
        }
        Awaitility.await().until(() -> server.hungUp().getCount() == 0);
        assertThat(server.calls()).hasSize(1);
    }

    private static void awaitAll(CyclicBarrier barrier) throws IOException, InterruptedException {
        try {
            barrier.await();
        } catch (BrokenBarrierException e) {
            throw new IOException(e);
        }
    }

    private StripeReportSender sender(Duration deadline) {
        return StripeReportSender.open(StripeSettings.defaults(SecretRef.none("stripe.api-key"))
                .withApiBase(server.base())
                .withCallDeadline(deadline));
    }

    private static String idempotencyKey(String call) {
        return call.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("idempotency-key: "))
                .findFirst()
                .map(line -> line.substring(17))
                .orElse("");
    }
}
