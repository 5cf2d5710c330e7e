package io.tallymark.customers;

import io.tallymark.usage.BillingPeriod;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A file of mappings, checked row by row and against each other. */
final class MappingFile {
    private static final String CUSTOMER = "customer_id";
    private static final String STRIPE = "stripe_customer_id";
    private static final String ANCHOR = "billing_anchor";
    private static final String INTERVAL = "billing_interval";
    private static final Pattern STRIPE_CUSTOMER = Pattern.compile("cus_[A-Za-z0-9_]{1,250}");

    private final CsvFile file;
    private final Map<String, Mapping> stored;
    private final List<Problem> problems;
    private final Map<String, Entry> byCustomer = new LinkedHashMap<>();

    /** A mapping with its line. */
    record Entry(long line, Mapping mapping) {}

    private MappingFile(CsvFile file, Map<String, Mapping> stored) {
        this.file = file;
        this.stored = stored;
        this.problems = new ArrayList<>(file.problems());
    }

    /** @param stored what the database has, by customer: columns that the file leaves out keep their values */
    static MappingFile read(Path path, Map<String, Mapping> stored) {
        MappingFile mappings =
                new MappingFile(CsvFile.read(path, List.of(CUSTOMER, STRIPE), List.of(ANCHOR, INTERVAL)), stored);
        mappings.file.rows().forEach(mappings::take);
        mappings.requireOneCustomerEach();
        return mappings;
    }

    List<Entry> entries() {
        return List.copyOf(byCustomer.values());
    }

    List<Problem> problems() {
        return problems;
    }

    private void take(CsvFile.Row row) {
        String customer = row.value(CUSTOMER);
        String stripe = row.value(STRIPE);
        if (customer.isEmpty()) {
            problems.add(new Problem(row.line(), "customer_id is empty"));
            return;
        }
        if (!STRIPE_CUSTOMER.matcher(stripe).matches()) {
            problems.add(
                    new Problem(row.line(), "'" + stripe + "' is no Stripe customer id such as cus_NffrFeUfNV2Hib"));
        }
        Mapping before = stored.get(customer);
        Mapping mapping = new Mapping(customer, stripe, anchor(row, before), interval(row, before));
        Entry first = byCustomer.putIfAbsent(customer, new Entry(row.line(), mapping));
        if (first != null) {
            problems.add(new Problem(row.line(), "customer " + customer + " is in line " + first.line() + " already"));
        }
    }

    private @Nullable Instant anchor(CsvFile.Row row, @Nullable Mapping before) {
        if (!file.has(ANCHOR)) {
            return before == null ? null : before.anchor();
        }
        String text = row.value(ANCHOR);
        if (text.isEmpty()) {
            return null;
        }
        Optional<Instant> anchor = TimeText.parse(text);
        if (anchor.isEmpty()) {
            problems.add(new Problem(
                    row.line(), "billing_anchor '" + text + "' is no time such as 2026-03-01T13:00:00Z and no date"));
        }
        return anchor.orElse(null);
    }

    private String interval(CsvFile.Row row, @Nullable Mapping before) {
        String fallback =
                before == null || file.has(INTERVAL) ? BillingPeriod.Interval.MONTH.sqlName() : before.interval();
        String text = row.value(INTERVAL);
        List<String> known = Arrays.stream(BillingPeriod.Interval.values())
                .map(BillingPeriod.Interval::sqlName)
                .toList();
        if (!text.isEmpty() && !known.contains(text)) {
            problems.add(
                    new Problem(row.line(), "billing_interval '" + text + "' is none of " + String.join(", ", known)));
        }
        return text.isEmpty() ? fallback : text;
    }

    /** Stripe keeps one total for a customer, meter and hour: those of two subjects would overwrite each other. */
    private void requireOneCustomerEach() {
        Map<String, String> owners = stored.values().stream()
                .filter(mapping -> !byCustomer.containsKey(mapping.customerId()))
                .collect(Collectors.toMap(
                        Mapping::stripeCustomerId, Mapping::customerId, (one, other) -> one, HashMap::new));
        for (Entry entry : byCustomer.values()) {
            String owner = owners.putIfAbsent(
                    entry.mapping().stripeCustomerId(), entry.mapping().customerId());
            if (owner != null) {
                problems.add(new Problem(
                        entry.line(),
                        entry.mapping().stripeCustomerId() + " is the Stripe customer of " + owner
                                + " already; two subjects on one Stripe customer would overwrite each other"));
            }
        }
    }
}
