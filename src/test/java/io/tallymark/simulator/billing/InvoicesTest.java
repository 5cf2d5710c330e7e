package io.tallymark.simulator.billing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tallymark.simulator.Caller;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InvoicesTest {
    private BillingRig rig;
    private String draft;

    @BeforeEach
    void open() {
        rig = new BillingRig("2026-11-01T00:00:00Z");
        rig.subscribe("items[0][price]", rig.metered("1"), "description", "Pro");
        rig.use("2026-11-15T00:00:00Z", 70);
        rig.clock("2026-12-01T00:00:00Z");
        draft = rig.lastInvoice().path("id").asText();
    }

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void aDraftThatDoesNotAdvanceWaitsForSomebody() {
        Caller.Reply waiting = post("", "auto_advance", "false");
        rig.clock("2026-12-20T00:00:00Z");
        rig.use("2026-11-20T00:00:00Z", 5);

        assertThat(waiting.body().path("automatically_finalizes_at").isNull()).isTrue();
        assertThat(get().text("status")).isEqualTo("draft");
        Caller.Reply finalized = post("/finalize", "auto_advance", "true");
        assertThat(finalized.text("status")).isEqualTo("paid");
        assertThat(finalized.body().path("total").asLong())
                .as("late usage counted until then")
                .isEqualTo(75);
    }

    @Test
    void aDraftThatAdvancesAgainIsFinalizedAnHourLater() {
        post("", "auto_advance", "false");
        rig.clock("2026-12-20T00:00:00Z");
        post("", "auto_advance", "true");
        rig.clock("2026-12-20T00:59:59Z");
        assertThat(get().text("status")).isEqualTo("draft");
        rig.clock("2026-12-20T01:00:00Z");

        assertThat(get().text("status")).isEqualTo("paid");
    }

    @Test
    void aFinalizedInvoiceIsNotFinalizedAgainNorChanged() {
        post("/finalize");
        rig.use("2026-11-20T00:00:00Z", 5);

        assertThat(get().body().path("total").asLong()).isEqualTo(70);
        Caller.Reply refused = post("/finalize");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.error("message"))
                .isEqualTo("This invoice is already finalized, you can't re-finalize a non-draft invoice.");
        assertThat(post("", "description", "late").status()).isEqualTo(400);
        assertThat(post("", "metadata[run]", "7")
                        .body()
                        .path("metadata")
                        .path("run")
                        .asText())
                .isEqualTo("7");
    }

    @Test
    void anOpenInvoiceCanBeVoidedAndThenBillsNothing() {
        assertThat(post("/void").status()).as("a draft").isEqualTo(400);
        Caller.Reply open = post("/finalize", "auto_advance", "false");
        assertThat(open.text("status")).isEqualTo("open");
        assertThat(open.body().path("amount_remaining").asLong()).isEqualTo(70);

        assertThat(post("/void").text("status")).isEqualTo("void");
        assertThat(rig.simulator.invoiced(rig.customer)).isEmpty();
    }

    @Test
    void aSentInvoiceStaysOpenUntilItIsDue() {
        rig.subscribe(
                "items[0][price]", rig.licensed("3000"), "collection_method", "send_invoice", "days_until_due", "30");
        JsonNode sent = rig.lastInvoice();
        assertThat(sent.path("status").asText()).isEqualTo("draft");
        rig.clock("2026-12-01T01:00:00Z");

        JsonNode open = rig.lastInvoice();
        assertThat(open.path("status").asText()).isEqualTo("open");
        assertThat(open.path("due_date").asLong()).isEqualTo(BillingRig.at("2026-12-31T01:00:00Z"));
    }

    @Test
    void listsAreFiltered() {
        rig.clock("2027-01-01T00:00:00Z");

        assertThat(rig.invoices("status", "paid"))
                .extracting(invoice -> invoice.path("id").asText())
                .containsExactly(draft);
        assertThat(rig.invoices("status", "draft")).hasSize(1);
        assertThat(rig.invoices("customer", "cus_none")).isEmpty();
        assertThat(rig.invoices("created[gte]", BillingRig.seconds("2027-01-01T00:00:00Z")))
                .hasSize(1);
        assertThat(rig.caller.get("/v1/invoices", "status", "lost").error("param"))
                .isEqualTo("status");
    }

    @Test
    void linesBeyondTheFirstTenArePaged() {
        List<String> form = new ArrayList<>(List.of("billing_mode[type]", "flexible"));
        for (int i = 0; i < 12; i++) {
            form.add("items[" + i + "][price]");
            form.add(rig.licensed("1" + i));
        }
        rig.subscribe(form.toArray(String[]::new));

        JsonNode embedded = rig.lastInvoice().path("lines");
        assertThat(embedded.path("data")).hasSize(10);
        assertThat(embedded.path("has_more").asBoolean()).isTrue();
        JsonNode rest = rig.caller
                .get(
                        embedded.path("url").asText(),
                        "starting_after",
                        embedded.path("data").path(9).path("id").asText())
                .body();
        assertThat(rest.path("data")).hasSize(2);
        assertThat(rest.path("has_more").asBoolean()).isFalse();
        assertThat(rest.path("data").path(1).path("amount").asLong()).isEqualTo(111);
    }

    private Caller.Reply get() {
        return rig.caller.get("/v1/invoices/" + draft);
    }

    private Caller.Reply post(String action, String... form) {
        return rig.caller.post("/v1/invoices/" + draft + action, form);
    }
}
