package io.tallymark.stripe;

import com.stripe.exception.StripeException;
import com.stripe.model.HasId;
import com.stripe.model.StripeCollection;
import com.stripe.model.billing.Meter;
import com.stripe.model.billing.MeterEventSummary;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.billing.MeterEventSummaryListParams;
import com.stripe.param.billing.MeterEventSummaryListParams.ValueGroupingWindow;
import com.stripe.param.billing.MeterListParams;
import com.stripe.service.V1Services;
import io.tallymark.usage.UserError;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Reads from Stripe, and sets up meters and customers, for commands that a person runs. Every method ends within the call deadline per
 * page and throws a {@link UserError} when Stripe refuses or cannot be reached.
 */
public final class StripeReadings implements AutoCloseable {
    private static final long PAGE = 100;
    private static final int MOST_PAGES = 1_000;

    private final StripeSettings settings;
    private final StripeConnection stripe;

    private StripeReadings(StripeSettings settings, StripeConnection stripe) {
        this.settings = settings;
        this.stripe = stripe;
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
        call(() -> v1().billing()
                .meters()
                .list(MeterListParams.builder().setLimit(1L).build()));
    }

    /** All meters of the account, active or not. */
    public List<StripeMeter> meters() {
        return this.<Meter>pages(after -> {
                    MeterListParams.Builder params = MeterListParams.builder().setLimit(PAGE);
                    after.ifPresent(params::setStartingAfter);
                    return v1().billing().meters().list(params.build());
                })
                .stream()
                .map(MeterMapping::fromStripe)
                .toList();
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
        return MeterMapping.fromStripe(call(
                () -> v1().billing().meters().create(MeterMapping.toParams(eventName, displayName, formula, window))));
    }

    /** Creates a customer and returns its {@code cus_…} id. */
    public String createCustomer(String name) {
        return call(() -> v1().customers()
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
        return this.<MeterEventSummary>pages(after -> summaryPage(meterId, stripeCustomerId, start, end, after))
                .stream()
                .map(StripeReadings::fromStripe)
                .sorted(Comparator.comparing(UsageSummary::start))
                .toList();
    }

    @Override
    public void close() {
        stripe.close();
    }

    private StripeCollection<MeterEventSummary> summaryPage(
            String meterId, String customer, Instant start, Instant end, Optional<String> after)
            throws StripeException {
        MeterEventSummaryListParams.Builder params = MeterEventSummaryListParams.builder()
                .setCustomer(customer)
                .setStartTime(start.getEpochSecond())
                .setEndTime(end.getEpochSecond())
                .setValueGroupingWindow(ValueGroupingWindow.HOUR)
                .setLimit(PAGE);
        after.ifPresent(params::setStartingAfter);
        return v1().billing().meters().eventSummaries().list(meterId, params.build());
    }

    private static UsageSummary fromStripe(MeterEventSummary summary) {
        return new UsageSummary(
                Instant.ofEpochSecond(summary.getStartTime()),
                Instant.ofEpochSecond(summary.getEndTime()),
                summary.getAggregatedValue());
    }

    private V1Services v1() {
        return stripe.client().v1();
    }

    private <T extends HasId> List<T> pages(PageCall<T> call) {
        List<T> all = new ArrayList<>();
        for (int page = 0; page < MOST_PAGES; page++) {
            Optional<String> last = all.isEmpty()
                    ? Optional.empty()
                    : Optional.of(all.get(all.size() - 1).getId());
            StripeCollection<T> next = call(() -> call.after(last));
            all.addAll(next.getData());
            if (!Boolean.TRUE.equals(next.getHasMore()) || next.getData().isEmpty()) {
                return all;
            }
        }
        throw new UserError(
                "Stripe's list has more than " + MOST_PAGES * PAGE + " entries", "ask for a shorter time range");
    }

    private <T> T call(StripeCall<T> call) {
        try {
            return call.run();
        } catch (StripeException e) {
            throw StripeProblem.of(settings, e);
        }
    }

    /** One call of stripe-java. */
    private interface StripeCall<T> {
        T run() throws StripeException;
    }

    /** The page after an entry; the first page without one. */
    private interface PageCall<T extends HasId> {
        StripeCollection<T> after(Optional<String> lastId) throws StripeException;
    }
}
