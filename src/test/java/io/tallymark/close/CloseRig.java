package io.tallymark.close;

import static org.awaitility.Awaitility.await;

import io.tallymark.billing.Cancellation;
import io.tallymark.billing.Mirror;
import io.tallymark.billing.PlanChange;
import io.tallymark.billing.SubscriptionCreation;
import io.tallymark.billing.SubscriptionParts;
import io.tallymark.billing.UsageGate;
import io.tallymark.catalog.Account;
import io.tallymark.catalog.Catalog;
import io.tallymark.catalog.CatalogFile;
import io.tallymark.catalog.CatalogPlan;
import io.tallymark.config.Settings;
import io.tallymark.config.SettingsLoader;
import io.tallymark.database.Database;
import io.tallymark.reconcile.BooksDatabase;
import io.tallymark.reconcile.Reconciliation;
import io.tallymark.report.DirectReporter;
import io.tallymark.simulator.SettableClock;
import io.tallymark.simulator.StripeSimulator;
import io.tallymark.stripe.StripeBilling;
import io.tallymark.stripe.StripeCatalog;
import io.tallymark.stripe.StripeReadings;
import io.tallymark.stripe.StripeSenderFactory;
import io.tallymark.usage.Meter;
import io.tallymark.usage.ReportSender;
import java.math.BigDecimal;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A Stripe account, a database with totals as metering leaves them, the reporter, and one clock for all of them. */
public final class CloseRig implements AutoCloseable {
    /** The subscription begins with the hour that runs then. */
    public static final Instant START = Instant.parse("2026-10-20T10:20:00Z");

    public static final Instant FIRST_HOUR = Instant.parse("2026-10-20T10:00:00Z");
    public static final Instant BOUNDARY = Instant.parse("2026-11-01T00:00:00Z");

    private static final String CONFIG = """
            kafka: {bootstrap-servers: "127.0.0.1:1"}
            postgres: {url: "jdbc:postgresql://127.0.0.1/x", user: x}
            reconcile: {summary-lag: 1m}
            stripe: {max-requests-per-second: 5000}
            close: {%s}
            meters:
              - {metric: requests, event-type: r, aggregation: count, stripe: {event-name: api_requests, mode: hourly-total}}
              - {metric: bytes, event-type: r, aggregation: sum, value: data.bytes, stripe: {event-name: api_bytes, mode: delta}}
              - {metric: peak, event-type: r, aggregation: max, value: data.n, stripe: {event-name: api_peak, mode: period-total}}
            """;

    private static final String CATALOG = """
            products:
              - {key: api, name: API}
              - {key: platform, name: Platform}
            prices:
              - {lookup-key: base_pro, product: platform, currency: eur, amount: 4900}
              - {lookup-key: base_max, product: platform, currency: eur, amount: 9900}
              - lookup-key: requests_pro
                product: api
                currency: eur
                meter: requests
                tiers-mode: graduated
                tiers: [{up-to: 10000, unit-amount: 0}, {unit-amount: 0.1}]
              - {lookup-key: requests_max, product: api, currency: eur, meter: requests, unit-amount: "0.05"}
              - {lookup-key: bytes_pro, product: api, currency: eur, meter: bytes, unit-amount: "0.5"}
              - lookup-key: requests_tiers
                product: api
                currency: eur
                meter: requests
                tiers-mode: graduated
                tiers: [{up-to: 1000, unit-amount: 0.3, flat-amount: 500}, {up-to: 5000, unit-amount: 0.2}, {unit-amount: 0.1}]
              - {lookup-key: bytes_packs, product: api, currency: eur, meter: bytes, package: {size: 10, amount: 25}}
              - {lookup-key: peak_pro, product: api, currency: eur, meter: peak, unit-amount: 100}
            plans:
              - {key: pro, base: base_pro, metered: [requests_pro, bytes_pro]}
              - {key: max, base: base_max, metered: [requests_max, bytes_pro]}
              - {key: solo, base: base_pro, metered: [requests_pro]}
              - {key: packs, base: base_pro, metered: [requests_tiers, bytes_packs]}
              - {key: peaks, base: base_pro, metered: [requests_pro, peak_pro]}
              - {key: peak, metered: [peak_pro]}
            """;

    final SettableClock clock = new SettableClock(START);
    public final BooksDatabase books = new BooksDatabase();
    public final StripeSimulator simulator = StripeSimulator.start(0, clock);
    public final Settings settings;
    public final Catalog catalog;
    public final Database database;
    public final StripeBilling stripe;
    public final Mirror mirror;
    final DirectReporter reporter;
    final ReportSender sender;
    final Reconciliation reconciliation;
    public final String payer;
    Traffic traffic = () -> {};

    public CloseRig() throws SQLException {
        this("");
    }

    /** @param close what stands in {@code close: {}} of tallymark.yaml */
    public CloseRig(String close) throws SQLException {
        settings = SettingsLoader.fromText("tallymark.yaml", CONFIG.formatted(close))
                .on(
                        "127.0.0.1:1",
                        books.access(),
                        URI.create(simulator.apiBase().toString()));
        catalog = CatalogFile.fromText("catalog.yaml", CATALOG, meters());
        database = Database.open(books.access(), "test", 4, Duration.ofSeconds(30));
        books.execute("CREATE TABLE test_clock AS SELECT now() AS at");
        books.execute("GRANT SELECT ON test_clock TO PUBLIC");
        books.execute("CREATE OR REPLACE FUNCTION report_now() RETURNS timestamptz LANGUAGE sql STABLE AS"
                + " 'SELECT at FROM test_clock'");
        now(START);
        try (StripeCatalog account = StripeCatalog.open(settings.stripe())) {
            CatalogPlan.of(catalog, meters(), Account.read(account)).apply(account, change -> {});
        }
        StripeSenderFactory senders = new StripeSenderFactory(settings.stripe());
        sender = senders.open();
        reporter = DirectReporter.open(settings.report(), senders);
        reconciliation = Reconciliation.open(settings.reconcile(), sender);
        stripe = StripeBilling.open(settings.stripe());
        reporter.round();
        mirror = Mirror.of(database, stripe, meters());
        try (StripeReadings readings = StripeReadings.open(settings.stripe())) {
            payer = readings.createCustomer("acme");
        }
        books.execute("INSERT INTO billing_customer (customer_id, stripe_customer_id) VALUES ('acme', ?)", payer);
    }

    public List<Meter> meters() {
        return settings.ingest().meters();
    }

    public Instant now() {
        return clock.instant();
    }

    /** Moves the clock of Stripe and of the database; Stripe does what is due. */
    public void now(Instant now) throws SQLException {
        clock.set(now);
        books.execute("UPDATE test_clock SET at = ?", now);
        simulator.settle();
    }

    public void subscribe(String plan) throws SQLException {
        new SubscriptionCreation(database, stripe, mirror, catalog)
                .run(new SubscriptionCreation.Order("acme", plan, 1, 0, null), false);
    }

    /** Another customer, with a Stripe customer of its own. */
    public String subscribe(String customer, String plan) throws SQLException {
        String other;
        try (StripeReadings readings = StripeReadings.open(settings.stripe())) {
            other = readings.createCustomer(customer);
        }
        books.execute("INSERT INTO billing_customer (customer_id, stripe_customer_id) VALUES (?, ?)", customer, other);
        new SubscriptionCreation(database, stripe, mirror, catalog)
                .run(new SubscriptionCreation.Order(customer, plan, 1, 0, null), false);
        return other;
    }

    /** Until a session waits for a lock of another one. */
    void awaitBlocked() {
        await().until(() -> !books.rows("SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
                .isEmpty());
    }

    /** A closed total, as the table's sink writes it. */
    public void total(String metric, Instant hour, String quantity) throws SQLException {
        total("acme", metric, hour, quantity, true);
    }

    public void total(String customer, String metric, Instant hour, String quantity, boolean closed)
            throws SQLException {
        books.execute("""
                INSERT INTO usage_hourly (metric, customer_id, period_start, quantity, event_count, digest, revision, closed,
                    writer_epoch)
                VALUES (?, ?, ?, ?, 1, decode(repeat('00', 16), 'hex'), 1, ?, 1)
                ON CONFLICT (metric, customer_id, dimensions, period_start)
                DO UPDATE SET quantity = EXCLUDED.quantity, closed = EXCLUDED.closed
                """, metric, customer, hour.truncatedTo(ChronoUnit.HOURS), new BigDecimal(quantity), closed);
    }

    /** How far metering has come. */
    public void watermark(Instant to) throws SQLException {
        books.execute("""
                INSERT INTO metering_progress (topic, watermark, moved_at, written_at, writer_epoch) VALUES (?, ?, now(), now(), 1)
                ON CONFLICT (topic) DO UPDATE SET watermark = EXCLUDED.watermark
                """, settings.ingest().topic(), to);
    }

    /** Reports what is due and has it confirmed. */
    public Synced sync() throws SQLException {
        return new Sync(database, reporter, reconciliation).run(Optional.empty(), patience(), (told, left) -> {});
    }

    /** Tells what is due, and asks nothing. */
    public void report() throws SQLException {
        for (int round = 0; round < 10; round++) {
            reporter.round();
        }
    }

    Closing closing() {
        return Closing.of(database, stripe, mirror, reconciliation, settings, "finance");
    }

    Closed closeInvoice() throws SQLException {
        List<Closed> all = closing().closeAll("acme", null, null, (done, count) -> {});
        return all.get(all.size() - 1);
    }

    private UsageGate gate() {
        return new SettledUsage(
                database, reporter, reconciliation, settings.ingest().topic(), CloseRig::patience);
    }

    /** Something that goes on while a command works: in front of each of its calls that change anything at Stripe. */
    @FunctionalInterface
    interface Traffic {
        void flows() throws SQLException;
    }

    public SubscriptionParts parts() {
        return new SubscriptionParts(
                database,
                stripe,
                mirror,
                catalog,
                new BusyGate(gate(), () -> traffic.flows()),
                this::passTime,
                line -> {});
    }

    public PlanChange planChange() {
        return new PlanChange(parts(), meters());
    }

    public Cancellation cancellation() {
        return new Cancellation(parts());
    }

    /** What was really billed, one line each: quantity, amount, description. */
    List<String> billed() {
        List<String> lines = new ArrayList<>();
        simulator.invoiced(payer).forEach(line -> lines.add(line.amount() + ": " + line.description()));
        return lines;
    }

    /** The month-end sheet's figures of a metric, one line an invoice. */
    List<String> sheet(String metric) throws SQLException {
        return new MonthSheet(database, sender, meters())
                .rows(null, null, null).stream()
                        .filter(row -> row.metric().equals(metric))
                        .map(CloseRig::figures)
                        .toList();
    }

    private static String figures(SheetRow row) {
        return "table " + plain(row.table()) + " ledger " + plain(row.ledger()) + " stripe " + plain(row.stripe())
                + " carried " + plain(row.carried()) + " unsold " + plain(row.unsold()) + " invoice "
                + plain(row.invoice())
                + (row.agrees() ? " agrees" : " !");
    }

    private static String plain(@Nullable BigDecimal number) {
        return number == null ? "-" : number.stripTrailingZeros().toPlainString();
    }

    BigDecimal billedQuantity(String description) {
        return simulator.invoiced(payer).stream()
                .filter(line -> line.description().contains(description))
                .map(line -> line.quantity())
                .reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    private void passTime(Instant to) throws SQLException {
        now(to);
        watermark(to);
    }

    /** A gate at which usage never stands still. */
    private record BusyGate(UsageGate gate, Traffic traffic) implements UsageGate {
        @Override
        public void settle(String customerId, Set<String> metrics, Instant before) throws SQLException {
            gate.settle(customerId, metrics, before);
            traffic.flows();
        }

        @Override
        public void suspend(String customerId, Set<String> metrics, Instant at, Instant carryTo, String cause)
                throws SQLException {
            gate.suspend(customerId, metrics, at, carryTo, cause);
            traffic.flows();
        }

        @Override
        public void carryBelowZero(
                String customerId, String metric, Instant from, Instant at, Instant carryTo, String cause)
                throws SQLException {
            traffic.flows();
            gate.carryBelowZero(customerId, metric, from, at, carryTo, cause);
            traffic.flows();
        }

        @Override
        public void sealHour(
                String customerId, Set<String> metrics, Instant hour, Instant at, Instant carryTo, String cause)
                throws SQLException {
            gate.sealHour(customerId, metrics, hour, at, carryTo, cause);
            traffic.flows();
        }

        @Override
        public void seal(String customerId, Set<String> metrics, Instant at, Optional<Instant> carryTo, String cause)
                throws SQLException {
            gate.seal(customerId, metrics, at, carryTo, cause);
            traffic.flows();
        }
    }

    private static Patience patience() {
        return Patience.of(Duration.ofSeconds(20), Duration.ofMillis(5));
    }

    @Override
    public void close() throws SQLException {
        reporter.close();
        reconciliation.close();
        sender.close();
        stripe.close();
        database.close();
        simulator.close();
        books.close();
    }
}
