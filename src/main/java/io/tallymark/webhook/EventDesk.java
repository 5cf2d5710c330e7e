package io.tallymark.webhook;

import io.tallymark.stripe.WebhookSignature;
import io.tallymark.stripe.WebhookSignature.Verdict;
import io.tallymark.webhook.Anomalies.Kind;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What is done with the body of a delivery: genuine and readable ones are handled, each event until it was accepted once. */
final class EventDesk {
    private final WebhookSignature signature;
    private final boolean live;
    private final EventTable table;
    private final WebhookHandler handler;
    private final Anomalies anomalies;

    EventDesk(WebhookSignature signature, boolean live, EventTable table, WebhookHandler handler, Anomalies anomalies) {
        this.signature = signature;
        this.live = live;
        this.table = table;
        this.handler = handler;
        this.anomalies = anomalies;
    }

    HttpAnswer take(byte[] body, String signatureHeader) {
        Verdict verdict = signature.check(body, signatureHeader);
        if (verdict != Verdict.VALID) {
            return refused(Kind.SIGNATURE, verdict.problem());
        }
        Optional<WebhookEvent> event = EventJson.read(body);
        if (event.isEmpty()) {
            return refused(Kind.UNREADABLE, "the body is no event of Stripe's");
        }
        if (event.get().live() != live) {
            return refused(
                    Kind.OTHER_MODE,
                    live
                            ? "an event of test mode, but the API key is of live mode"
                            : "an event of live mode, but the API key is of test mode");
        }
        return take(event.get());
    }

    private HttpAnswer take(WebhookEvent event) {
        try {
            return switch (table.claim(event)) {
                case ACCEPTED_BEFORE -> HttpAnswer.of(200, "accepted before");
                case BUSY -> HttpAnswer.of(503, "another delivery of this event is being handled");
                case TAKEN -> handle(event);
            };
        } catch (SQLException e) {
            anomalies.log(Kind.DATABASE, "the database failed: " + e.getMessage());
            return HttpAnswer.of(503, "the database is away");
        }
    }

    private HttpAnswer handle(WebhookEvent event) throws SQLException {
        Answer answer = answer(event);
        // A failure to record it becomes 503, so Stripe delivers again what may be done already; handlers allow for
        // that.
        table.answer(event, answer);
        return HttpAnswer.of(answer.kind().status(), answer.kind().name().toLowerCase(Locale.ROOT), answer.reasons());
    }

    private Answer answer(WebhookEvent event) throws SQLException {
        try {
            Answer answer = handler.handle(event);
            tell(event, answer);
            return answer;
        } catch (SQLException e) {
            table.answer(event, Answer.failed("the database failed"));
            throw e;
        } catch (RuntimeException e) {
            anomalies.log(Kind.BROKEN_HANDLER, "the handler of " + event.type() + " " + event.id() + " broke", e);
            return Answer.failed("the handler broke: see the log");
        }
    }

    private void tell(WebhookEvent event, Answer answer) {
        String what = event.type() + " " + event.id() + " of " + event.objectId();
        switch (answer.kind()) {
            case ACCEPTED -> {}
            case HELD -> anomalies.log(Kind.HELD, what + " is held: " + words(answer.reasons()));
            case FAILED -> anomalies.log(Kind.FAILED, what + " failed: " + words(answer.reasons()));
        }
    }

    private HttpAnswer refused(Kind kind, String problem) {
        anomalies.log(kind, "a delivery was refused: " + problem);
        return HttpAnswer.of(400, problem);
    }

    private static String words(List<String> reasons) {
        return String.join("; ", reasons);
    }
}
