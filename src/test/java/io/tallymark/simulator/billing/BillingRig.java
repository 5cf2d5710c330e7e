package io.tallymark.simulator.billing;

import com.fasterxml.jackson.databind.JsonNode;
import io.tallymark.simulator.Caller;
import io.tallymark.simulator.SettableClock;
import io.tallymark.simulator.StripeSimulator;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A simulator with a product, a meter of requests and a customer, whose clock stands until it is moved. */
final class BillingRig implements AutoCloseable {
    final SettableClock clock;
    final StripeSimulator simulator;
    final Caller caller;
    final String product;
    final String meter;
    final String customer;
    private int events;

    BillingRig(String now) {
        clock = new SettableClock(Instant.parse(now));
        simulator = StripeSimulator.start(0, clock);
        caller = new Caller(simulator);
        product = caller.post("/v1/products", "name", "API").text("id");
        meter = caller.createMeter("requests", "sum");
        customer = caller.createCustomer();
    }

    /** Amounts in cents, such as {@code 0.5}. */
    String metered(String unitAmount, String... more) {
        return price(with(
                new String[] {
                    "unit_amount_decimal",
                    unitAmount,
                    "recurring[usage_type]",
                    "metered",
                    "recurring[meter]",
                    meter,
                    "recurring[interval]",
                    "month"
                },
                more));
    }

    String licensed(String unitAmount, String... more) {
        return price(with(new String[] {"unit_amount", unitAmount, "recurring[interval]", "month"}, more));
    }

    /** A later value of the same name wins. */
    String price(String... form) {
        return caller.post("/v1/prices", with(new String[] {"currency", "eur", "product", product}, form))
                .text("id");
    }

    Caller.Reply subscribe(String... form) {
        return caller.post("/v1/subscriptions", with(new String[] {"customer", customer}, form));
    }

    Caller.Reply update(String subscription, String... form) {
        return caller.post("/v1/subscriptions/" + subscription, form);
    }

    Caller.Reply cancel(String subscription, String query) {
        return caller.delete("/v1/subscriptions/" + subscription + query);
    }

    Caller.Reply subscription(String id) {
        return caller.get("/v1/subscriptions/" + id);
    }

    String item(String subscription, int index) {
        return subscription(subscription)
                .body()
                .path("items")
                .path("data")
                .path(index)
                .path("id")
                .asText();
    }

    /** Usage with a timestamp, received then, or now if that has passed. */
    void use(String at, long quantity) {
        use(Instant.parse(at), quantity);
    }

    void use(Instant at, long quantity) {
        if (at.isAfter(clock.instant())) {
            clock.set(at);
        }
        Caller.Reply reply =
                caller.event("requests", customer, Long.toString(quantity), at.getEpochSecond(), "event-" + events++);
        if (reply.status() != 200) {
            throw new IllegalStateException(reply.body().toString());
        }
    }

    void clock(String now) {
        clock.set(Instant.parse(now));
    }

    void advance(Duration step) {
        clock.advance(step);
    }

    /** Oldest first. */
    List<JsonNode> invoices(String... filter) {
        List<JsonNode> invoices = new ArrayList<>();
        caller.get("/v1/invoices", with(new String[] {"limit", "100"}, filter))
                .body()
                .path("data")
                .forEach(invoice -> invoices.add(0, invoice));
        return invoices;
    }

    JsonNode lastInvoice() {
        List<JsonNode> invoices = invoices();
        return invoices.get(invoices.size() - 1);
    }

    /** Such as {@code 3 × 0.5 = 2: text}: quantity, amount and description. */
    static List<String> lines(JsonNode invoice) {
        List<String> lines = new ArrayList<>();
        invoice.path("lines")
                .path("data")
                .forEach(line -> lines.add(line.path("amount").asText() + ": "
                        + line.path("description").asText()));
        return lines;
    }

    BigDecimal billedQuantity() {
        return simulator.invoiced(customer).stream()
                .map(InvoicedLine::quantity)
                .reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    static long at(String instant) {
        return Instant.parse(instant).getEpochSecond();
    }

    static String seconds(String instant) {
        return Long.toString(at(instant));
    }

    static String[] with(String[] form, String... more) {
        return Stream.concat(Stream.of(form), Stream.of(more)).toArray(String[]::new);
    }

    @Override
    public void close() {
        simulator.close();
    }
}
