package io.tallymark.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.stripe.exception.StripeException;
import io.tallymark.usage.UserError;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Reads the alarms about dropped meter events, which Stripe keeps for 30 days. Every call ends within its deadline per page, with an
 * answer or a {@link StripeUnavailableException}. Thread safe.
 */
public final class StripeErrorEvents implements AutoCloseable {
    private final StripeConnection stripe;
    private final CoreEventApi events;

    private StripeErrorEvents(StripeConnection stripe) {
        this.stripe = stripe;
        this.events = new CoreEventApi(stripe.client());
    }

    /**
     * Opens a client; no call is made.
     *
     * @throws UserError when the key cannot be resolved or cannot work
     */
    public static StripeErrorEvents open(StripeSettings settings) {
        return new StripeErrorEvents(StripeConnection.open(settings));
    }

    /** Every report that was written after a time, oldest first. */
    public List<MeterErrorReport> since(Instant after) throws StripeUnavailableException {
        return between(after, Instant.MAX);
    }

    /**
     * The same with an end, for when there are too many at once.
     *
     * @param upTo last instant; {@link Instant#MAX} for none
     */
    public List<MeterErrorReport> between(Instant after, Instant upTo) throws StripeUnavailableException {
        return call(() -> {
            List<MeterErrorReport> reports = new ArrayList<>();
            for (JsonNode event : events.list(after, upTo)) {
                if (MeterErrorJson.isReport(event)) {
                    reports.add(whole(event));
                }
            }
            reports.sort(Comparator.comparing(MeterErrorReport::created).thenComparing(MeterErrorReport::eventId));
            return reports;
        });
    }

    /**
     * The report that a webhook's payload announces. Only its id is used and the rest is fetched from Stripe, so a forged payload can
     * invent nothing. Empty when it is about something else, or Stripe does not know the event.
     *
     * @param payload the body of the webhook's call: a thin event notification, or a full event
     */
    public Optional<MeterErrorReport> ofNotification(String payload) throws StripeUnavailableException {
        Optional<JsonNode> event = ReplyJson.parse(payload)
                .filter(MeterErrorJson::isReport)
                .filter(notification -> !ReplyJson.text(notification.path("id")).isBlank());
        return event.isEmpty() ? Optional.empty() : call(() -> fetchIfKnown(event.get()));
    }

    @Override
    public void close() {
        stripe.close();
    }

    private Optional<MeterErrorReport> fetchIfKnown(JsonNode notification) throws StripeException {
        try {
            return Optional.of(fetch(notification));
        } catch (StripeException e) {
            FailedReply reply = FailedReply.of(e);
            if (reply.inStripesWords() && reply.status() == 404 && !reply.isAboutTheEndpoint()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private MeterErrorReport whole(JsonNode event) throws StripeException {
        return MeterErrorJson.isThin(event)
                ? fetch(event)
                : MeterErrorJson.report(event).orElseThrow(CoreEventApi::unreadable);
    }

    private MeterErrorReport fetch(JsonNode event) throws StripeException {
        return MeterErrorJson.report(events.retrieve(ReplyJson.text(event.path("id"))))
                .orElseThrow(CoreEventApi::unreadable);
    }

    private static <T> T call(StripeCall<T> call) throws StripeUnavailableException {
        try {
            return call.run();
        } catch (StripeException e) {
            throw StripeUnavailableException.of(e);
        } catch (RuntimeException e) {
            throw StripeUnavailableException.ofSurprise(e);
        }
    }
}
