package io.tallymark.stripe;

import com.stripe.exception.StripeException;
import com.stripe.model.HasId;
import com.stripe.model.Product;
import com.stripe.model.StripeCollection;
import com.stripe.model.billing.Meter;
import com.stripe.model.billing.MeterEventSummary;
import com.stripe.param.ProductListParams;
import com.stripe.param.billing.MeterEventSummaryListParams;
import com.stripe.param.billing.MeterEventSummaryListParams.ValueGroupingWindow;
import com.stripe.param.billing.MeterListParams;
import com.stripe.service.V1Services;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Reads whole lists of an account, page by page and bounded. Throws what stripe-java throws, and {@link LongListException}. */
final class AccountReader {
    static final int PAGE = 100;

    private final StripeConnection stripe;
    private final int mostPages;

    AccountReader(StripeConnection stripe, int mostPages) {
        this.stripe = stripe;
        this.mostPages = mostPages;
    }

    /** All meters, active or not. */
    List<StripeMeter> meters() throws StripeException {
        return this.<Meter>pages(after -> {
                    MeterListParams.Builder params = MeterListParams.builder().setLimit((long) PAGE);
                    after.ifPresent(params::setStartingAfter);
                    return v1().billing().meters().list(params.build());
                })
                .stream()
                .map(MeterMapping::fromStripe)
                .toList();
    }

    /** All products, archived or not. */
    List<Product> products() throws StripeException {
        return pages(after -> {
            ProductListParams.Builder params = ProductListParams.builder().setLimit((long) PAGE);
            after.ifPresent(params::setStartingAfter);
            return v1().products().list(params.build());
        });
    }

    /** What was counted hour by hour, oldest first; hours without usage are left out. Both bounds are on the hour. */
    List<UsageSummary> hourlySummaries(String meterId, String customer, Instant start, Instant end)
            throws StripeException {
        MeterEventSummaryListParams.Builder params =
                summaryParams(customer, start, end).setValueGroupingWindow(ValueGroupingWindow.HOUR);
        return summaries(meterId, params);
    }

    /** What was counted in the whole span. Both bounds are on the minute. */
    List<UsageSummary> wholeSummaries(String meterId, String customer, Instant start, Instant end)
            throws StripeException {
        return summaries(meterId, summaryParams(customer, start, end));
    }

    /** Whether the customer was deleted; one that Stripe never knew is an exception with status 404. */
    boolean isDeleted(String customer) throws StripeException {
        return Boolean.TRUE.equals(v1().customers().retrieve(customer).getDeleted());
    }

    private List<UsageSummary> summaries(String meterId, MeterEventSummaryListParams.Builder params)
            throws StripeException {
        return this.<MeterEventSummary>pages(after -> {
                    after.ifPresent(params::setStartingAfter);
                    return v1().billing().meters().eventSummaries().list(meterId, params.build());
                })
                .stream()
                .map(AccountReader::fromStripe)
                .sorted(Comparator.comparing(UsageSummary::start))
                .toList();
    }

    private static MeterEventSummaryListParams.Builder summaryParams(String customer, Instant start, Instant end) {
        return MeterEventSummaryListParams.builder()
                .setCustomer(customer)
                .setStartTime(start.getEpochSecond())
                .setEndTime(end.getEpochSecond())
                .setLimit((long) PAGE);
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

    private <T extends HasId> List<T> pages(PageCall<T> call) throws StripeException {
        List<T> all = new ArrayList<>();
        for (int page = 0; page < mostPages; page++) {
            Optional<String> last = all.isEmpty()
                    ? Optional.empty()
                    : Optional.of(all.get(all.size() - 1).getId());
            StripeCollection<T> next = call.after(last);
            all.addAll(next.getData());
            if (!Boolean.TRUE.equals(next.getHasMore()) || next.getData().isEmpty()) {
                return all;
            }
        }
        throw new LongListException(mostPages * PAGE);
    }

    /** The page after an entry; the first page without one. */
    private interface PageCall<T extends HasId> {
        StripeCollection<T> after(Optional<String> lastId) throws StripeException;
    }
}
