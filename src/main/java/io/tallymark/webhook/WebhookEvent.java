package io.tallymark.webhook;

import java.time.Instant;

/**
 * An event of Stripe's whose signature was right: which object something happened to, and nothing of what the object was like.
 *
 * @param id {@code evt_…}
 * @param type such as {@code invoice.created}
 * @param created when Stripe made it
 * @param objectType such as {@code invoice}; empty when the event does not say
 * @param objectId such as {@code in_…}; empty when the event does not say
 * @param live whether it is of live mode
 */
public record WebhookEvent(String id, String type, Instant created, String objectType, String objectId, boolean live) {}
