package io.tallymark.simulator.billing;

import io.tallymark.simulator.call.ApiReply;
import io.tallymark.simulator.call.Metadata;
import io.tallymark.simulator.call.Page;
import io.tallymark.simulator.call.Params;
import io.tallymark.simulator.call.Refusal;
import io.tallymark.simulator.call.Routes;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The endpoints of invoices. The caller locks it. */
final class Invoices {
    static final String PATH = "/v1/invoices";

    private static final List<String> LIST = Stream.concat(
                    Page.PARAMS.stream(),
                    Stream.of("customer", "subscription", "status", "collection_method", "created", "created[*]"))
            .toList();
    private static final List<String> UPDATE = List.of("auto_advance", "metadata", "metadata[*]", "description");

    private final BillingClock clock;
    private final InvoiceBook book;
    private final InvoicePreview previews;

    Invoices(BillingClock clock, InvoiceBook book, InvoicePreview previews) {
        this.clock = clock;
        this.book = book;
        this.previews = previews;
    }

    void addTo(Routes routes) {
        routes.add("GET", PATH, clock.locked((none, params) -> list(params)))
                .add("GET", PATH + "/{}", clock.locked(this::retrieve))
                .add("GET", PATH + "/{}/lines", clock.locked(this::lines))
                .add("POST", PATH + "/{}", clock.locked(this::update))
                .add("POST", PATH + "/{}/finalize", clock.locked(this::finish))
                .add("POST", PATH + "/{}/void", clock.locked(this::nullify));
    }

    private ApiReply list(Params params) {
        params.allowOnly(LIST);
        Predicate<Instant> created = Times.within(params, "created");
        String status = params.oneOf(
                "status", List.of(Invoice.DRAFT, Invoice.OPEN, Invoice.PAID, "uncollectible", Invoice.VOID), "");
        return Page.of(
                book.newestFirst().stream()
                        .filter(invoice -> created.test(invoice.head().created()))
                        .filter(invoice -> status.isEmpty()
                                || status.equals(invoice.progress().status()))
                        .filter(invoice -> isAskedFor(invoice.head(), params))
                        .toList(),
                Invoice::id,
                invoice -> InvoiceJson.of(invoice, book.lines(invoice)),
                PATH,
                params);
    }

    private static boolean isAskedFor(Invoice.Head head, Params params) {
        return Subscriptions.is(params, "customer", head.customer())
                && Subscriptions.is(params, "subscription", head.subscription())
                && Subscriptions.is(params, "collection_method", head.texts().collectionMethod());
    }

    private ApiReply retrieve(String id, Params params) {
        params.allowOnly(List.of());
        return reply(book.get(id));
    }

    private ApiReply lines(String id, Params params) {
        params.allowOnly(Page.PARAMS);
        Invoice invoice = previews.find(id).orElseGet(() -> book.get(id));
        return Page.of(InvoiceJson.lines(invoice, book.lines(invoice)), PATH + "/" + id + "/lines", params);
    }

    private ApiReply update(String id, Params params) {
        params.allowOnly(UPDATE);
        Invoice before = book.get(id);
        if (!before.isDraft() && params.mentions("description")) {
            throw Refusal.badRequest(
                    "invoice_not_editable", "description", "Finalized invoices can't be updated in this way");
        }
        Map<String, String> metadata =
                params.isUnset("metadata") ? Map.of() : Metadata.merged(before.metadata(), params);
        String description = params.isUnset("description")
                ? ""
                : params.text("description", 1_500).orElse(before.description());
        Invoice invoice = advancing(before, params.flag("auto_advance")).withTexts(metadata, description);
        book.update(invoice, clock.now());
        return reply(invoice);
    }

    /** A draft that is to advance again is due after its hour, and not before an hour from now if that has passed. */
    private Invoice advancing(Invoice before, Optional<Boolean> auto) {
        if (auto.isEmpty() || auto.get() == before.progress().autoAdvance()) {
            return before;
        }
        if (!auto.get() || !before.isDraft()) {
            return before.withProgress(before.progress().advancing(auto.get(), null));
        }
        Instant due = before.head().created().plus(Invoice.GRACE);
        Instant now = clock.now();
        return before.withProgress(before.progress().advancing(true, due.isAfter(now) ? due : now.plus(Invoice.GRACE)));
    }

    private ApiReply finish(String id, Params params) {
        params.allowOnly(List.of("auto_advance"));
        Invoice draft = book.get(id);
        if (!draft.isDraft()) {
            throw Refusal.badRequest(
                    "", "", "This invoice is already finalized, you can't re-finalize a non-draft invoice.");
        }
        boolean auto = params.flag("auto_advance").orElse(draft.progress().autoAdvance());
        Invoice advancing = draft.withProgress(
                draft.progress().advancing(auto, draft.progress().finalizesAt()));
        return reply(book.finish(advancing, clock.now()));
    }

    private ApiReply nullify(String id, Params params) {
        params.allowOnly(List.of());
        Invoice invoice = book.get(id);
        if (!invoice.progress().status().equals(Invoice.OPEN)) {
            throw Refusal.badRequest(
                    "",
                    "",
                    "You can only pass in open invoices. This invoice isn't open: its status is "
                            + invoice.progress().status() + ".");
        }
        return reply(book.nullify(invoice, clock.now()));
    }

    private ApiReply reply(Invoice invoice) {
        return ApiReply.ok(InvoiceJson.of(invoice, book.lines(invoice)));
    }
}
