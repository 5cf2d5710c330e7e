package io.tallymark.catalog;

import io.tallymark.config.Settings;
import io.tallymark.config.SettingsLoader;
import io.tallymark.simulator.SettableClock;
import io.tallymark.simulator.StripeSimulator;
import io.tallymark.stripe.StripeCatalog;
import io.tallymark.stripe.StripeSettings;
import io.tallymark.usage.Meter;
import io.tallymark.usage.SecretRef;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A Stripe account and a way to it. Time passes with each apply, so that objects have an order. */
final class Shop implements AutoCloseable {
    static final String CATALOG = """
            products:
              - {key: api, name: API, unit-label: request}
              - {key: platform, name: Platform, description: "The base fee"}
            prices:
              - {lookup-key: base_eur, product: platform, currency: eur, amount: 4900}
              - lookup-key: requests_eur
                product: api
                currency: eur
                meter: requests
                tiers-mode: graduated
                tiers:
                  - {up-to: 10000, unit-amount: 0}
                  - {unit-amount: 0.1}
              - {lookup-key: bytes_eur, product: api, currency: eur, meter: bytes, package: {size: 1000, amount: 2.5}}
            plans:
              - {key: pro, base: base_eur, metered: [requests_eur, bytes_eur]}
              - {key: flex, metered: [requests_eur]}
            """;

    private static final Instant START = Instant.parse("2026-11-22T10:00:00Z");

    private final SettableClock clock = new SettableClock(START);
    final StripeSimulator simulator = StripeSimulator.start(0, clock);
    final StripeCatalog stripe;
    private List<Meter> meters = meters();

    Shop() {
        stripe = StripeCatalog.open(StripeSettings.defaults(SecretRef.none("stripe.api-key"))
                .withApiBase(simulator.apiBase())
                .withCallDeadline(Duration.ofSeconds(30)));
    }

    /** Two meters of Stripe's, one of usage records, one that stays in the table. */
    static List<Meter> meters() {
        return settings("hourly-total").ingest().meters();
    }

    static Settings settings(String modeOfRequests) {
        return SettingsLoader.fromText("tallymark.yaml", """
                kafka: {bootstrap-servers: "127.0.0.1:1"}
                postgres: {url: "jdbc:postgresql://127.0.0.1/x", user: x}
                meters:
                  - {metric: requests, event-type: r, aggregation: count, stripe: {event-name: api_requests, mode: %s}}
                  - {metric: bytes, event-type: r, aggregation: sum, value: data.bytes, stripe: {event-name: api_bytes, mode: delta}}
                  - {metric: records, event-type: r, aggregation: sum, value: data.n, stripe: {mode: usage-record}}
                  - {metric: quiet, event-type: r, aggregation: sum, value: data.n}
                """.formatted(modeOfRequests));
    }

    /** From now on tallymark.yaml reports requests in another mode, which needs another meter. */
    void reportRequestsAs(String mode) {
        meters = settings(mode).ingest().meters();
    }

    Catalog catalog(String yaml) {
        return CatalogFile.fromText("catalog.yaml", yaml, meters);
    }

    Account account() {
        return Account.read(stripe);
    }

    CatalogPlan plan(String yaml) {
        return CatalogPlan.of(catalog(yaml), meters, account());
    }

    void apply(String yaml) {
        apply(plan(yaml));
    }

    void apply(CatalogPlan plan) {
        clock.set(clock.instant().plusSeconds(60));
        plan.apply(stripe, change -> {});
    }

    /** What a product or price of the catalog has in its metadata. */
    static Map<String, String> marked(String name, String key) {
        return Map.of(Marks.CATALOG, "main", name, key);
    }

    Drift drift(String yaml) {
        return Drift.of(catalog(yaml), meters, account());
    }

    /** What the account sells, without ids and times: archived things too, in order. */
    List<String> sold() {
        Account account = account();
        return Stream.of(
                        account.meters().stream()
                                .map(meter -> "meter " + meter.eventName() + " " + meter.formula() + " "
                                        + meter.window() + (meter.active() ? "" : " inactive")),
                        account.products().stream()
                                .map(product -> "product " + product.name() + " " + product.metadata()
                                        + (product.active() ? "" : " archived")),
                        account.prices().stream()
                                .map(price -> "price " + price.lookupKey() + " "
                                        + TermsText.of(price.terms(), id -> "", id -> "")
                                        + new TreeMap<>(price.metadata()) + (price.active() ? "" : " archived")))
                .flatMap(lines -> lines)
                .sorted()
                .toList();
    }

    @Override
    public void close() {
        stripe.close();
        simulator.close();
    }
}
