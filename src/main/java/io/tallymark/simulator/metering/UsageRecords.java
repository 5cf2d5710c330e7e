package io.tallymark.simulator.metering;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tallymark.simulator.call.ApiReply;
import io.tallymark.simulator.call.ApiRequest;
import io.tallymark.simulator.call.CallsInFlight;
import io.tallymark.simulator.call.Ids;
import io.tallymark.simulator.call.Page;
import io.tallymark.simulator.call.Params;
import io.tallymark.simulator.call.Refusal;
import io.tallymark.simulator.call.Routes;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * The usage record endpoints of accounts from before meters. They exist for a {@code Stripe-Version} that had them; from
 * the others they were removed.
 */
public final class UsageRecords {
    static final Duration LATE = Duration.ofMinutes(5);

    private static final String ITEM = "/v1/subscription_items/{}/";

    private final InstantSource clock;
    private final LegacyItems items;
    private final Ids ids = new Ids("mbur_");
    private final CallsInFlight<String> inFlight = new CallsInFlight<>();

    public UsageRecords(InstantSource clock, LegacyItems items) {
        this.clock = clock;
        this.items = items;
    }

    public void addTo(Routes routes) {
        routes.addCall("POST", ITEM + "usage_records", this::create)
                .addCall("GET", ITEM + "usage_record_summaries", this::summaries);
    }

    private ApiReply create(String itemId, ApiRequest request) {
        requireLegacy(request);
        Params params = request.params();
        params.allowOnly(List.of("quantity", "timestamp", "action"));
        ItemUsage.UsageRecord usage = read(params);
        LegacyItem item = get(itemId);
        requireAllowed(item, usage);
        inFlight.enter(itemId, request.end());
        items.add(item, usage);
        return ApiReply.ok(toJson(item, usage));
    }

    private ItemUsage.UsageRecord read(Params params) {
        long quantity = params.requiredInteger("quantity");
        if (quantity < 0) {
            throw Refusal.badRequest(
                    "parameter_invalid_integer", "quantity", "This value must be greater than or equal to 0.");
        }
        boolean set =
                params.oneOf("action", List.of("increment", "set"), "increment").equals("set");
        Instant now = clock.instant();
        boolean timeless =
                params.text("timestamp").filter(text -> !text.equals("now")).isEmpty();
        long timestamp = timeless ? now.getEpochSecond() : params.requiredInteger("timestamp");
        return new ItemUsage.UsageRecord(timestamp, BigDecimal.valueOf(quantity), set, now);
    }

    private static void requireAllowed(LegacyItem item, ItemUsage.UsageRecord usage) {
        if (usage.set() && item.thresholds()) {
            throw Refusal.badRequest(
                    "", "action", "With billing_thresholds, usage records may only have the action 'increment'.");
        }
        Instant now = usage.receivedAt();
        if (usage.timestampSeconds() > now.getEpochSecond()) {
            throw Refusal.badRequest(
                    "", "timestamp", "Cannot create the usage record with this timestamp because it is in the future.");
        }
        LegacyItem.Period current = item.periodOf(now);
        boolean grace = now.isBefore(Instant.ofEpochSecond(current.start()).plus(LATE));
        long earliest = item.period(Math.max(0, grace ? current.number() - 1 : current.number()))
                .start();
        if (usage.timestampSeconds() < earliest) {
            throw Refusal.badRequest(
                    "",
                    "timestamp",
                    "Cannot create the usage record with this timestamp because timestamps must be after the"
                            + " subscription's last invoice period (or current period start date).");
        }
    }

    private ApiReply summaries(String itemId, ApiRequest request) {
        requireLegacy(request);
        request.params().allowOnly(Page.PARAMS);
        LegacyItem item = get(itemId);
        List<ObjectNode> newestFirst = new ArrayList<>();
        for (long number = item.periodOf(clock.instant()).number(); number >= 0; number--) {
            newestFirst.add(toJson(item, item.period(number)));
        }
        return Page.of(newestFirst, "/v1/subscription_items/" + itemId + "/usage_record_summaries", request.params());
    }

    private void requireLegacy(ApiRequest request) {
        if (!request.headers().hasUsageRecords() || !items.accepted()) {
            throw Refusal.unknownUrl(request);
        }
    }

    private LegacyItem get(String itemId) {
        return items.find(itemId).orElseThrow(() -> Refusal.noSuch("subscription_item", itemId));
    }

    private ObjectNode toJson(LegacyItem item, ItemUsage.UsageRecord usage) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", ids.next()).put("object", "usage_record").put("livemode", false);
        json.put("quantity", usage.quantity()).put("subscription_item", item.id());
        return json.put("timestamp", usage.timestampSeconds());
    }

    private ObjectNode toJson(LegacyItem item, LegacyItem.Period period) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", "sis_" + item.id().substring(3) + "_" + period.number());
        json.put("object", "usage_record_summary").putNull("invoice").put("livemode", false);
        json.putObject("period").put("end", period.end()).put("start", period.start());
        json.put("subscription_item", item.id());
        return json.put("total_usage", items.shown(item, period));
    }
}
