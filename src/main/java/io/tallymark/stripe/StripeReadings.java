package io.tallymark.stripe;

import com.stripe.exception.StripeException;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.billing.MeterListParams;
import com.stripe.service.V1Services;
import io.tallymark.usage.UserError;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Reads from Stripe, and sets up meters and customers, for commands that a person runs. Every method ends within the call deadline per
 * page and throws a {@link UserError} when Stripe refuses or cannot be reached.
 */
public final class StripeReadings implements AutoCloseable {
    private static final int MOST_PAGES = 1_000;

    private final StripeSettings settings;
    private final StripeConnection stripe;
    private final CommandCalls calls;
    private final AccountReader account;

    private StripeReadings(StripeSettings settings, StripeConnection stripe) {
        this.settings = settings;
        this.stripe = stripe;
        this.calls = new CommandCalls(settings);
        this.account = new AccountReader(stripe, MOST_PAGES);
    }

    /**
     * Opens a client; no call is made.
     *
     * @throws UserError when the key cannot be resolved or cannot work
     */
    public static StripeReadings open(StripeSettings settings) {
        return new StripeReadings(settings, StripeConnection.open(settings));
    }

    /**
     * Makes one cheap authenticated call.
     *
     * @throws UserError with its remedy, when the key is refused or Stripe cannot be reached
     */
    public void ping() {
        calls.call(() -> v1().billing()
                .meters()
                .list(MeterListParams.builder().setLimit(1L).build()));
    }

    /** All meters of the account, active or not. */
    public List<StripeMeter> meters() {
        return calls.call(account::meters);
    }

    /** The active meter that listens to an event name. */
    public Optional<StripeMeter> findMeter(String eventName) {
        return meters().stream()
                .filter(meter -> meter.active() && meter.eventName().equals(eventName))
                .findFirst();
    }

    /** Creates a meter with Stripe's default payload keys; Stripe refuses a second one for the same event name. */
    public StripeMeter createMeter(
            String eventName, String displayName, StripeMeter.Formula formula, StripeMeter.Window window) {
        return calls.call(() -> MeterMapping.fromStripe(
                v1().billing().meters().create(MeterMapping.toParams(eventName, displayName, formula, window))));
    }

    /** Creates a customer and returns its {@code cus_…} id. */
    public String createCustomer(String name) {
        return calls.call(() -> v1().customers()
                        .create(CustomerCreateParams.builder().setName(name).build()))
                .getId();
    }

    /**
     * What Stripe counted, one entry for each UTC hour with usage, oldest first. Stripe is eventually consistent: an hour may still be
     * behind.
     *
     * @param start first hour, on the hour
     * @param end end of the last hour, on the hour
     */
    public List<UsageSummary> hourlySummaries(String meterId, String stripeCustomerId, Instant start, Instant end) {
        return calls.call(() -> account.hourlySummaries(meterId, stripeCustomerId, start, end));
    }

    /**
     * Reads a subscription item's usage once, in the legacy API.
     *
     * @return why it cannot be read: the account has no usage records any more, or not this item
     */
    public Optional<UserError> usageRecordProblem(String subscriptionItemId) {
        return calls.call(() -> {
            try {
                new UsageRecordApi(stripe).probe(subscriptionItemId);
                return Optional.empty();
            } catch (StripeException e) {
                return Optional.of(StripeProblem.ofUsageRecords(subscriptionItemId, e)
                        .orElseThrow(() -> StripeProblem.of(settings, e)));
            }
        });
    }

    @Override
    public void close() {
        stripe.close();
    }

    private V1Services v1() {
        return stripe.client().v1();
    }
}
