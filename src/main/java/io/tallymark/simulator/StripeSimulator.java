package io.tallymark.simulator;

import io.tallymark.simulator.billing.InvoicedLine;
import io.tallymark.simulator.call.Delivery;
import io.tallymark.simulator.call.FaultLayer;
import io.tallymark.simulator.call.Faults;
import io.tallymark.simulator.call.Handler;
import io.tallymark.simulator.call.IdempotentReplies;
import io.tallymark.simulator.call.LoggedRequest;
import io.tallymark.simulator.call.RateLimits;
import io.tallymark.simulator.call.RequestLog;
import io.tallymark.simulator.call.ServerErrorLayer;
import io.tallymark.simulator.metering.AggregateUsage;
import io.tallymark.simulator.metering.ErrorEvent;
import io.tallymark.simulator.metering.OneValueWitness;
import io.tallymark.usage.UserError;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A running simulator: an HTTP server on this machine that answers as Stripe does and keeps what it was told until it is closed. It
 * takes any test key and needs no account. Faults are injected, and the far end is read, without HTTP. Thread safe.
 */
public final class StripeSimulator implements AutoCloseable {
    /** The port of a long-running simulator, the same as stripe-mock's. */
    public static final int DEFAULT_PORT = 12_111;

    /** In real time: so a clock that a test moves takes effect by itself. */
    private static final Duration SETTLEMENT = Duration.ofMillis(100);

    private final Listener listener;
    private final RequestLog requests = new RequestLog();
    private final Faults faults = new Faults();
    private final SimulatedState state;
    private final FarEnd farEnd;
    private final OneValueWitness witness;
    private final RateLimits limits;

    private StripeSimulator(Listener listener, InstantSource clock, UnaryOperator<Handler> layer) {
        this.listener = listener;
        state = new SimulatedState(clock);
        farEnd = new FarEnd(state);
        Handler endpoints = new ServerErrorLayer(layer.apply(state.endpoints()));
        limits = new RateLimits(new IdempotentReplies(endpoints, clock), System::nanoTime);
        witness = new OneValueWitness(new FaultLayer(limits));
        Admin admin = new Admin(clock, state, faults, requests);
        Delivery delivery = new Delivery(faults, listener.timer());
        listener.every(SETTLEMENT, state.billing()::settle);
        listener.serve(new Door(new Authentication(witness), admin, clock, requests, faults, delivery));
    }

    /**
     * Starts a simulator without state.
     *
     * @param port 0 for any free one
     * @param clock by which identifiers are forgotten and timestamps are judged; it may be moved while the simulator runs
     * @throws UserError when the port is taken
     */
    public static StripeSimulator start(int port, InstantSource clock) {
        return start(port, clock, UnaryOperator.identity());
    }

    /**
     * As {@link #start(int, InstantSource)}, on another address than this machine's own: for containers.
     *
     * @throws UserError when the port is taken or the address is not one of this machine
     */
    public static StripeSimulator start(InetAddress host, int port, InstantSource clock) {
        return start(new InetSocketAddress(host, port), clock, UnaryOperator.identity());
    }

    /** With a layer around the endpoints, behind authentication and faults. */
    static StripeSimulator start(int port, InstantSource clock, UnaryOperator<Handler> layer) {
        return start(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), clock, layer);
    }

    private static StripeSimulator start(InetSocketAddress address, InstantSource clock, UnaryOperator<Handler> layer) {
        return new StripeSimulator(Listener.bind(address), clock, layer);
    }

    /** What a client takes for Stripe's address. */
    public URI apiBase() {
        return URI.create("http://127.0.0.1:" + listener.port());
    }

    /** A page that shows a person what the simulator holds; it needs no key. */
    public URI adminPage() {
        return apiBase().resolve(Admin.PATH);
    }

    /** What goes wrong from now on. */
    public Faults faults() {
        return faults;
    }

    /** The newest calls, oldest first; bounded. */
    public List<LoggedRequest> requests() {
        return requests.kept();
    }

    /** Bounds the log of calls; 10,000 by default. */
    public void keepRequests(int most) {
        requests.keep(most);
    }

    /** All calls since the start, those that met a fault included. */
    public long requestCount() {
        return requests.count();
    }

    /** Events that were answered with 200 and dropped, oldest first; bounded. */
    public List<ErrorEvent> errorEvents() {
        state.validation().settle();
        return state.errors().kept();
    }

    /**
     * What an invoice over a period would show for a meter, by its formula and window: exact, without lag, and 0 if it is below.
     *
     * @param start inside; a whole minute
     * @param end outside; a whole minute
     */
    public BigDecimal billed(String eventName, String stripeCustomerId, Instant start, Instant end) {
        return farEnd.billed(eventName, stripeCustomerId, start, end);
    }

    /** As {@link #billed}, of a legacy item's usage records, by the second. */
    public BigDecimal billedRecords(String subscriptionItemId, Instant start, Instant end) {
        return farEnd.billedRecords(subscriptionItemId, start, end);
    }

    /**
     * Identifiers of meter events that were ever sent with two payloads (value, customer, event name or timestamp), whether the
     * simulator took them or not; one entry per differing call, at most 1,000. Empty is what "one identifier, one value" promises.
     */
    public List<String> contradictions() {
        return witness.contradictions();
    }

    /** Summaries show only what was counted at least so long ago by the simulator's clock; zero by default. */
    public void summaryLag(Duration behind) {
        state.usage().lag(behind);
        state.items().lag(behind);
    }

    /** Events count, or are dropped, so long after their 200 by the simulator's clock; zero by default. */
    public void validationDelay(Duration afterReceipt) {
        state.validation().delay(afterReceipt);
    }

    /**
     * Whether a meter event whose name no active meter listens to is answered with 200 and reported by {@code no_meter_found} later; by
     * default it is refused with 400.
     */
    public void acceptUnknownEventNames(boolean accepted) {
        state.meterEvents().acceptUnknownNames(accepted);
    }

    /** Writes a second, in real time; more get 429 with {@code Stripe-Rate-Limited-Reason}. 0, the default: no limit. */
    public void rateLimit(int callsPerSecond) {
        limits.limitWrites(callsPerSecond);
    }

    /** As {@link #rateLimit}, for reads. */
    public void readLimit(int callsPerSecond) {
        limits.limitReads(callsPerSecond);
    }

    /** A metered subscription item from before meters, whose monthly periods start at the anchor and sum up; its id. */
    public String createLegacyItem(String stripeCustomerId, Instant anchor) {
        return createLegacyItem(stripeCustomerId, anchor, AggregateUsage.SUM, false);
    }

    /** As {@link #createLegacyItem(String, Instant)}; with billing thresholds only increments are allowed. */
    public String createLegacyItem(
            String stripeCustomerId, Instant anchor, AggregateUsage aggregate, boolean billingThresholds) {
        return state.items().create(stripeCustomerId, anchor, aggregate, billingThresholds);
    }

    /** Whether the account still accepts usage records; it does by default. */
    public void legacy(boolean accepted) {
        state.items().accept(accepted);
    }

    /** Does what the clock says is due: renewals, ends, phases, finalizations. It also happens by itself, and ahead of each call. */
    public void settle() {
        state.billing().settle();
    }

    /** What a customer was really billed: the lines of its finalized invoices that are not void, oldest invoice first. */
    public List<InvoicedLine> invoiced(String stripeCustomerId) {
        return state.billing().invoiced(stripeCustomerId);
    }

    @Override
    public void close() {
        listener.close();
    }
}
