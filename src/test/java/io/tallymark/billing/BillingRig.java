package io.tallymark.billing;

import io.tallymark.catalog.Account;
import io.tallymark.catalog.Catalog;
import io.tallymark.catalog.CatalogFile;
import io.tallymark.catalog.CatalogPlan;
import io.tallymark.config.SettingsLoader;
import io.tallymark.database.Database;
import io.tallymark.reconcile.BooksDatabase;
import io.tallymark.simulator.SettableClock;
import io.tallymark.simulator.StripeSimulator;
import io.tallymark.stripe.StripeBilling;
import io.tallymark.stripe.StripeCatalog;
import io.tallymark.stripe.StripeReadings;
import io.tallymark.stripe.StripeSettings;
import io.tallymark.usage.Meter;
import io.tallymark.usage.SecretRef;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A Stripe account that sells three plans, a database, and one clock for both. */
final class BillingRig implements AutoCloseable {
    static final Instant START = Instant.parse("2026-11-22T10:20:00Z");

    static final List<Meter> METERS =
            SettingsLoader.fromText("tallymark.yaml", """
                    kafka: {bootstrap-servers: "127.0.0.1:1"}
                    postgres: {url: "jdbc:postgresql://127.0.0.1/x", user: x}
                    meters:
                      - {metric: requests, event-type: r, aggregation: count, stripe: {event-name: api_requests, mode: hourly-total}}
                      - {metric: bytes, event-type: r, aggregation: sum, value: data.bytes, stripe: {event-name: api_bytes, mode: delta}}
                      - {metric: peak, event-type: r, aggregation: max, value: data.n, stripe: {event-name: api_peak, mode: period-total}}
                      - {metric: records, event-type: r, aggregation: sum, value: data.n, stripe: {mode: usage-record}}
                    """).ingest().meters();

    static final Catalog CATALOG = CatalogFile.fromText("catalog.yaml", """
            products:
              - {key: api, name: API}
              - {key: platform, name: Platform}
            prices:
              - {lookup-key: base_pro, product: platform, currency: eur, amount: 4900}
              - {lookup-key: base_max, product: platform, currency: eur, amount: 9900}
              - {lookup-key: requests_pro, product: api, currency: eur, meter: requests, unit-amount: 2}
              - {lookup-key: requests_max, product: api, currency: eur, meter: requests, unit-amount: 1}
              - {lookup-key: bytes_pro, product: api, currency: eur, meter: bytes, unit-amount: 0.5}
              - {lookup-key: bytes_max, product: api, currency: eur, meter: bytes, unit-amount: 0.4}
              - {lookup-key: peak_max, product: api, currency: eur, meter: peak, unit-amount: 100}
              - {lookup-key: yearly, product: platform, currency: eur, amount: 90000, interval: year}
              - {lookup-key: dollars, product: platform, currency: usd, amount: 4900}
            plans:
              - {key: pro, base: base_pro, metered: [requests_pro, bytes_pro]}
              - {key: max, base: base_max, metered: [requests_max, bytes_max]}
              - {key: solo, metered: [requests_max]}
              - {key: flex, metered: [requests_pro, bytes_pro]}
              - {key: peaks, base: base_pro, metered: [peak_max]}
              - {key: yearly, base: yearly}
              - {key: dollars, base: dollars}
            """, METERS);

    private final SettableClock clock = new SettableClock(START);
    final BooksDatabase books = new BooksDatabase();
    final StripeSimulator simulator = StripeSimulator.start(0, clock);
    final StripeSettings settings = StripeSettings.defaults(SecretRef.none("stripe.api-key"))
            .withApiBase(simulator.apiBase())
            .withCallDeadline(Duration.ofSeconds(30));
    final Database database = Database.open(books.access(), "test", 4, Duration.ofSeconds(30));
    final StripeBilling stripe = StripeBilling.open(settings);
    final Mirror mirror;
    final FakeGate gate = new FakeGate(this);
    final List<String> said = new ArrayList<>();

    BillingRig() throws SQLException {
        books.execute("CREATE TABLE test_clock AS SELECT now() AS at");
        books.execute("GRANT SELECT ON test_clock TO PUBLIC");
        books.execute("CREATE OR REPLACE FUNCTION report_now() RETURNS timestamptz LANGUAGE sql STABLE AS"
                + " 'SELECT at FROM test_clock'");
        now(START);
        try (StripeCatalog account = StripeCatalog.open(settings)) {
            CatalogPlan.of(CATALOG, METERS, Account.read(account)).apply(account, change -> {});
        }
        mirror = Mirror.of(database, stripe, METERS);
    }

    Instant now() {
        return clock.instant();
    }

    /** Moves the clock of Stripe and of the database. */
    void now(Instant now) throws SQLException {
        clock.set(now);
        books.execute("UPDATE test_clock SET at = ?", now);
    }

    void now(String now) throws SQLException {
        now(Instant.parse(now));
    }

    /** A Stripe customer, and its mapping; its {@code cus_…}. */
    String customer(String customerId) throws SQLException {
        String stripeId = unmapped(customerId);
        books.execute(
                "INSERT INTO billing_customer (customer_id, stripe_customer_id) VALUES (?, ?)", customerId, stripeId);
        return stripeId;
    }

    String unmapped(String name) {
        try (StripeReadings readings = StripeReadings.open(settings)) {
            return readings.createCustomer(name);
        }
    }

    String price(String lookupKey) {
        return stripe.pricesByLookupKey(List.of(lookupKey)).get(0).id();
    }

    SubscriptionCreation creation() {
        return new SubscriptionCreation(database, stripe, mirror, CATALOG);
    }

    /** Subscribes a mapped customer; the subscription's id. */
    String subscribe(String customerId, String plan) throws SQLException {
        return creation().run(order(customerId, plan), false).id();
    }

    static SubscriptionCreation.Order order(String customerId, String plan) {
        return new SubscriptionCreation.Order(customerId, plan, 1, 0, null);
    }

    SubscriptionParts parts() {
        return new SubscriptionParts(
                database,
                stripe,
                mirror,
                CATALOG,
                gate,
                when -> {
                    said.add("waits until " + when);
                    now(when);
                },
                said::add);
    }

    PlanChange planChange() {
        return new PlanChange(parts(), METERS);
    }

    PlanSchedule planSchedule() {
        return new PlanSchedule(parts());
    }

    Cancellation cancellation() {
        return new Cancellation(parts());
    }

    List<String> rows(String sql, Object... arguments) throws SQLException {
        return books.rows(sql, arguments);
    }

    @Override
    public void close() throws SQLException {
        stripe.close();
        database.close();
        simulator.close();
        books.close();
    }
}
