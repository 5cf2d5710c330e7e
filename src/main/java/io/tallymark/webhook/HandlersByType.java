package io.tallymark.webhook;

import java.sql.SQLException;
import java.util.Map;

/** Hands each event to the handler of its type. One without a handler is accepted: an endpoint may hear more than anybody needs. */
public final class HandlersByType implements WebhookHandler {
    private final Map<String, WebhookHandler> handlers;

    /** @param handlers by type, such as {@code invoice.created} */
    public HandlersByType(Map<String, WebhookHandler> handlers) {
        this.handlers = Map.copyOf(handlers);
    }

    @Override
    public Answer handle(WebhookEvent event) throws SQLException {
        WebhookHandler handler = handlers.get(event.type());
        return handler == null ? Answer.accepted() : handler.handle(event);
    }
}
