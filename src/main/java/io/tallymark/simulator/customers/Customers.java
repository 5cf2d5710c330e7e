package io.tallymark.simulator.customers;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tallymark.simulator.call.ApiReply;
import io.tallymark.simulator.call.Ids;
import io.tallymark.simulator.call.Page;
import io.tallymark.simulator.call.Params;
import io.tallymark.simulator.call.Refusal;
import io.tallymark.simulator.call.Routes;
import io.tallymark.simulator.call.Shelf;
import io.tallymark.simulator.events.AccountEvents;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The customers and their endpoints. A deleted customer is remembered as deleted, and its usage is dropped. */
public final class Customers {
    static final String PATH = "/v1/customers";

    private static final List<String> CREATE = List.of("name", "email", "description", "phone", "metadata[*]");

    private final InstantSource clock;
    private final AccountEvents events;
    private final List<Consumer<String>> deletions = new CopyOnWriteArrayList<>();
    private final Ids ids = new Ids("cus_");
    private final Shelf<Customer> customers = new Shelf<>();

    public Customers(InstantSource clock, AccountEvents events) {
        this.clock = clock;
        this.events = events;
    }

    /** Calls back with the id of each customer that is deleted from now on. */
    public void onDelete(Consumer<String> listener) {
        deletions.add(listener);
    }

    public void addTo(Routes routes) {
        routes.add("POST", PATH, (none, params) -> create(params))
                .add("GET", PATH, (none, params) -> list(params))
                .add("GET", PATH + "/{}", this::retrieve)
                .add("DELETE", PATH + "/{}", this::delete);
    }

    /** Whether events of this customer count. */
    public boolean exists(String id) {
        return customers.find(id).filter(customer -> !customer.deleted()).isPresent();
    }

    /** All of them, newest first. */
    public List<Named> named() {
        return customers.newestFirst().stream()
                .map(customer -> new Named(customer.id(), customer.name(), customer.deleted()))
                .toList();
    }

    /** A customer, for people to read. */
    public record Named(String id, String name, boolean deleted) {}

    private ApiReply create(Params params) {
        params.allowOnly(CREATE);
        Customer customer = new Customer(
                ids.next(),
                clock.instant().getEpochSecond(),
                params.text("name", 256).orElse(""),
                params.text("email", 512).orElse(""),
                params.text("description", 5_000).orElse(""),
                params.text("phone", 20).orElse(""),
                params.hash("metadata"),
                false);
        customers.put(customer.id(), customer);
        events.emit("customer.created", customer.toJson(), clock.instant());
        return ApiReply.ok(customer.toJson());
    }

    private ApiReply list(Params params) {
        params.allowOnly(Page.PARAMS);
        return Page.of(
                customers.newestFirst().stream()
                        .filter(customer -> !customer.deleted())
                        .map(Customer::toJson)
                        .toList(),
                PATH,
                params);
    }

    private ApiReply retrieve(String id, Params params) {
        params.allowOnly(List.of());
        return ApiReply.ok(get(id).toJson());
    }

    private ApiReply delete(String id, Params params) {
        params.allowOnly(List.of());
        ObjectNode before;
        Customer gone;
        synchronized (customers) {
            Customer present = Optional.of(get(id))
                    .filter(customer -> !customer.deleted())
                    .orElseThrow(() -> Refusal.noSuch("customer", id));
            before = present.toJson();
            gone = present.asDeleted();
            customers.put(id, gone);
        }
        events.emit("customer.deleted", before, clock.instant());
        deletions.forEach(listener -> listener.accept(id));
        return ApiReply.ok(gone.toJson());
    }

    private Customer get(String id) {
        return customers.find(id).orElseThrow(() -> Refusal.noSuch("customer", id));
    }

    private record Customer(
            String id,
            long createdSeconds,
            String name,
            String email,
            String description,
            String phone,
            Map<String, String> metadata,
            boolean deleted) {
        Customer asDeleted() {
            return new Customer(id, createdSeconds, name, email, description, phone, metadata, true);
        }

        ObjectNode toJson() {
            ObjectNode json = JsonNodeFactory.instance.objectNode();
            json.put("id", id).put("object", "customer");
            if (deleted) {
                return json.put("deleted", true);
            }
            json.put("created", createdSeconds).put("livemode", false);
            json.put("name", orNull(name)).put("email", orNull(email));
            json.put("description", orNull(description)).put("phone", orNull(phone));
            metadata.forEach(json.putObject("metadata")::put);
            return json;
        }

        private static @Nullable String orNull(String text) {
            return text.isEmpty() ? null : text;
        }
    }
}
