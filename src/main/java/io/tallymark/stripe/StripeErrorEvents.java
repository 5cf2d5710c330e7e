package io.tallymark.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.stripe.exception.StripeException;
import io.tallymark.usage.UserError;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Reads the alarms about dropped meter events, which Stripe keeps for 30 days. Every call ends within its deadline per page, with an
 * answer or a {@link StripeUnavailableException}. Thread safe.
 */
public final class StripeErrorEvents implements AutoCloseable {
    /** Longer than Stripe keeps them. */
    private static final Duration KEPT = Duration.ofDays(31);

    private final StripeConnection stripe;
    private final CoreEventApi events;

    private StripeErrorEvents(StripeConnection stripe) {
        this.stripe = stripe;
        this.events = new CoreEventApi(stripe);
    }

    /**
     * Opens a client; no call is made.
     *
     * @throws UserError when the key cannot be resolved or cannot work
     */
    public static StripeErrorEvents open(StripeSettings settings) {
        return new StripeErrorEvents(StripeConnection.open(settings));
    }

    /**
     * The reports that were written at a time or later, oldest first. When there are too many for one answer, or a call fails after some
     * calls, the first of them, with at least one that is newer than the time: a reader that goes on from the newest it got meets them all.
     *
     * @param now a time after which no report was written yet
     */
    public List<MeterErrorReport> since(Instant from, Instant now) throws StripeUnavailableException {
        // Stripe counts in seconds: another one of the same second may have come later.
        Instant after = from.minusSeconds(1);
        return call(() -> {
            try {
                return between(after, Instant.MAX, from);
            } catch (LongListException e) {
                return first(after, from, now);
            }
        });
    }

    /** Halves the span until its first part fits into an answer. */
    private List<MeterErrorReport> first(Instant after, Instant from, Instant now) throws StripeException {
        List<MeterErrorReport> first = new ArrayList<>();
        Instant low = after.isAfter(now.minus(KEPT)) ? after : now.minus(KEPT);
        Instant high = now.truncatedTo(ChronoUnit.SECONDS);
        while (!goesBeyond(first, from)) {
            Instant half = low.plus(Duration.between(low, high).dividedBy(2)).truncatedTo(ChronoUnit.SECONDS);
            Instant middle = half.isAfter(low) ? half : high;
            if (!middle.isAfter(low)) {
                throw tooMany(low);
            }
            try {
                first.addAll(between(low, middle, from));
                low = middle;
            } catch (LongListException e) {
                if (middle.equals(high)) {
                    throw tooMany(low);
                }
                high = middle;
            }
        }
        return first;
    }

    private static LongListException tooMany(Instant low) {
        return new LongListException("Stripe has more error events than one answer holds within a second of " + low);
    }

    private List<MeterErrorReport> between(Instant after, Instant upTo, Instant from) throws StripeException {
        List<JsonNode> listed = events.list(after, upTo).stream()
                .filter(MeterErrorJson::isReport)
                .sorted(Comparator.comparing(MeterErrorJson::created))
                .toList();
        List<MeterErrorReport> reports = new ArrayList<>();
        for (JsonNode event : listed) {
            try {
                reports.add(whole(event));
            } catch (StripeException e) {
                if (goesBeyond(reports, from)) {
                    return reports;
                }
                throw e;
            }
        }
        return reports;
    }

    private static boolean goesBeyond(List<MeterErrorReport> reports, Instant time) {
        return !reports.isEmpty() && reports.get(reports.size() - 1).created().isAfter(time);
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
