package io.tallymark.webhook;

import java.sql.SQLException;

/**
 * Does what an event asks for.
 *
 * <p>Stripe delivers in any order, an old event after a newer one, and any event more than once: so an event says only where to look.
 * A handler reads the object from Stripe again and acts on what it is now; then neither order nor repeats do harm. It is called on
 * several threads, and in rare cases twice at once for one event.
 */
@FunctionalInterface
public interface WebhookHandler {
    /**
     * Handles one event within about 15 s: Stripe takes an answer that comes after 20 s for none.
     *
     * @return what Stripe is answered; after anything but accepted it delivers the event again, for up to three days
     * @throws SQLException when the database is away: Stripe is asked to deliver again
     */
    Answer handle(WebhookEvent event) throws SQLException;
}
