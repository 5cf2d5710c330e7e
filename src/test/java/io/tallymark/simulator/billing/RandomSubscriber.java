package io.tallymark.simulator.billing;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A customer whose plan is changed, canceled and taken again at random, while usage comes in late and the clock jumps; and a model of
 * which usage meets an open stretch of a subscription.
 */
final class RandomSubscriber implements AutoCloseable {
    private static final Instant START = Instant.parse("2026-01-31T13:07:11Z");
    private static final int STEPS = 150;

    private final Random random;
    private final BillingRig rig = new BillingRig(START.toString());
    private final boolean flexible;
    private final List<String> prices;
    private final List<Stretch> stretches = new ArrayList<>();
    private String subscription = "";

    RandomSubscriber(long seed, boolean flexible) {
        random = new Random(seed);
        this.flexible = flexible;
        prices = List.of(rig.metered("1"), rig.metered("2.5"), rig.metered("0.001"));
    }

    /** Time whose usage was, or is, subscribed to; open until its lines are frozen, and pending until they are on an invoice. */
    private static final class Stretch {
        private final Instant start;
        private Instant end = Instant.MAX;
        private Instant frozenAt = Instant.MAX;
        private long quantity;
        private boolean pending = true;

        Stretch(Instant start) {
            this.start = start;
        }

        void close(Instant at, Instant frozen) {
            end = at;
            frozenAt = frozen;
        }

        boolean takes(Instant timestamp, Instant now) {
            return !timestamp.isBefore(start) && timestamp.isBefore(end) && now.isBefore(frozenAt);
        }
    }

    /** The units that must be on invoices afterwards. */
    long live() {
        for (int step = 0; step < STEPS; step++) {
            step();
        }
        if (!subscription.isEmpty()) {
            rig.cancel(subscription, "?invoice_now=true");
        }
        rig.advance(Duration.ofDays(4));
        return stretches.stream().mapToLong(stretch -> stretch.quantity).sum();
    }

    BillingRig rig() {
        return rig;
    }

    private void step() {
        switch (random.nextInt(10)) {
            case 0 -> jump(Duration.ofSeconds(random.nextInt(50 * 86_400)));
            case 1, 2 -> jump(Duration.ofSeconds(random.nextInt(7_200)));
            case 3 -> change();
            default -> use();
        }
    }

    private void jump(Duration step) {
        Instant now = rig.clock.instant();
        rig.advance(step);
        Instant then = rig.clock.instant();
        if (subscription.isEmpty()) {
            return;
        }
        // Periods end where the calendar says, whatever happened to the items.
        for (long month = 1; true; month++) {
            Instant boundary = START.atZone(ZoneOffset.UTC).plusMonths(month).toInstant();
            if (boundary.isAfter(then)) {
                return;
            }
            if (boundary.isAfter(now)) {
                open().close(boundary, boundary.plus(Duration.ofHours(1)));
                stretches.forEach(stretch -> stretch.pending = false);
                stretches.add(new Stretch(boundary));
            }
        }
    }

    private void use() {
        // Usage of the very second in which a plan changes belongs to what comes after: other tests have that.
        long back = 1 + (random.nextInt(3) == 0 ? random.nextLong(20 * 86_400L) : random.nextLong(4_000));
        Instant now = rig.clock.instant();
        Instant timestamp = now.minusSeconds(back);
        long quantity = 1 + random.nextLong(1_000L);
        rig.use(timestamp, quantity);
        stretches.stream()
                .filter(stretch -> stretch.takes(timestamp, now))
                .findFirst()
                .ifPresent(stretch -> stretch.quantity += quantity);
    }

    private void change() {
        Instant now = rig.clock.instant();
        if (subscription.isEmpty()) {
            subscribe(now);
        } else if (random.nextInt(3) == 0) {
            cancel(now);
        } else {
            changePrice(now);
        }
    }

    private void subscribe(Instant now) {
        subscription = rig.subscribe(
                        "items[0][price]",
                        prices.get(random.nextInt(prices.size())),
                        "billing_mode[type]",
                        flexible ? "flexible" : "classic",
                        "billing_cycle_anchor_config[day_of_month]",
                        "31",
                        "billing_cycle_anchor_config[hour]",
                        "13",
                        "billing_cycle_anchor_config[minute]",
                        "7",
                        "billing_cycle_anchor_config[second]",
                        "11")
                .text("id");
        stretches.add(new Stretch(now));
    }

    private void changePrice(Instant now) {
        String item = rig.item(subscription, 0);
        String price = prices.get(random.nextInt(prices.size()));
        String before = rig.subscription(subscription)
                .body()
                .path("items")
                .path("data")
                .path(0)
                .path("price")
                .path("id")
                .asText();
        rig.update(subscription, "items[0][id]", item, "items[0][price]", price);
        if (price.equals(before)) {
            return;
        }
        if (flexible) {
            open().close(now, now);
        } else {
            stretches.remove(open());
        }
        stretches.add(new Stretch(now));
    }

    /** Without a last invoice, what was on none yet is dropped: the usage since the period's start, or since the last change, and before. */
    private void cancel(Instant now) {
        boolean invoicesNow = random.nextBoolean();
        rig.cancel(subscription, invoicesNow ? "?invoice_now=true" : "");
        subscription = "";
        open().close(now, now.plus(Duration.ofHours(1)));
        if (!invoicesNow) {
            stretches.removeIf(stretch -> stretch.pending);
        }
        stretches.forEach(stretch -> stretch.pending = false);
    }

    private Stretch open() {
        return stretches.get(stretches.size() - 1);
    }

    @Override
    public void close() {
        rig.close();
    }
}
