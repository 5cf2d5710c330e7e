package io.tallymark.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.config.MeteringConfiguration;
import io.tallymark.config.SettingsLoader;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ChangesTest {
    private static final String TOKENS = "{metric: tokens, event-type: llm, aggregation: sum, value: data.tokens}";
    private static final String PEAK = "{metric: peak, event-type: llm, aggregation: max, value: data.tokens}";

    @Test
    void theSameConfigurationChangesNothing() {
        assertThat(between(configuration("7d", TOKENS, PEAK), configuration("168h", PEAK, TOKENS)))
                .isEmpty();
    }

    @Test
    void aLongerMaxLatenessIsRefused() {
        assertThat(between(configuration("7d", TOKENS), configuration("8d", TOKENS)))
                .singleElement()
                .satisfies(change -> assertThat(change.refused()).isTrue())
                .satisfies(change -> assertThat(change.what()).isEqualTo("max-lateness 7d -> 8d"));
    }

    @Test
    void aShorterMaxLatenessIsNoted() {
        assertThat(between(configuration("7d", TOKENS), configuration("36h", TOKENS)))
                .singleElement()
                .satisfies(change -> assertThat(change.refused()).isFalse())
                .satisfies(change -> assertThat(change.effect()).contains("TOO_LATE"));
    }

    @Test
    void anotherAggregationIsRefused() {
        String last = PEAK.replace("max", "last");

        assertThat(between(configuration("7d", PEAK), configuration("7d", last)))
                .singleElement()
                .satisfies(change -> assertThat(change.refused()).isTrue())
                .satisfies(change -> assertThat(change.what()).isEqualTo("meter peak: aggregation max -> last"));
    }

    @Test
    void namesWhatDiffersInAMeter() {
        String other = TOKENS.replace("}", ", dimensions: [data.model], where: {data.cached: \"false\"}}");

        assertThat(between(configuration("7d", TOKENS), configuration("7d", other)))
                .extracting(Change::what)
                .containsExactly("meter tokens: dimensions [] -> [data.model], where {} -> {data.cached=false}");
    }

    @Test
    void saysOfANewMeterWhetherItsEventsWereKnown() {
        String stored = "{metric: stored, event-type: storage, aggregation: count}";

        List<Change> changes = between(configuration("7d", TOKENS), configuration("7d", TOKENS, PEAK, stored));

        assertThat(changes).extracting(Change::what).containsExactly("meter peak is new", "meter stored is new");
        assertThat(changes.get(0).effect()).contains("CONFLICT");
        assertThat(changes.get(1).effect()).doesNotContain("CONFLICT");
    }

    @Test
    void aRemovedMeterIsNoted() {
        assertThat(between(configuration("7d", TOKENS, PEAK), configuration("7d", TOKENS)))
                .extracting(Change::what)
                .containsExactly("meter peak is gone");
    }

    @Test
    void timesAreWrittenAsPeopleReadThem() {
        String later = TOKENS.replace("}", ", effective-from: 2026-12-01, negative: allow}");

        assertThat(between(configuration("7d", TOKENS), configuration("7d", later)))
                .extracting(Change::what)
                .containsExactly(
                        "meter tokens: effective-from always -> 2026-12-01T00:00:00Z, negative reject -> allow");
    }

    @Test
    void saysWhatIsNotToldToStripeAnyMore() {
        String told = TOKENS.replace("}", ", stripe: {event-name: tokens}}");

        List<Change> dropped = between(configuration("7d", told), configuration("7d", TOKENS));
        List<Change> gone = between(configuration("7d", told, PEAK), configuration("7d", PEAK));

        assertThat(dropped).extracting(Change::what).containsExactly("meter tokens: stripe is gone");
        assertThat(gone).extracting(Change::what).containsExactly("meter tokens is gone");
        assertThat(Stream.of(dropped, gone).flatMap(List::stream))
                .allSatisfy(change -> assertThat(change.effect()).contains("Stripe is told none of it any more"));
        assertThat(between(configuration("7d", TOKENS), configuration("7d", told)))
                .extracting(Change::what)
                .containsExactly("meter tokens: stripe is new");
    }

    @Test
    void whatAnOlderVersionDidNotTellIsNotGuessed() {
        String now = TOKENS.replace("}", ", stripe: {event-name: tokens}}");
        MeteringConfiguration old = MeteringConfiguration.parse("""
                {"maxLateness": "7d", "meters": {"tokens": {"eventType": "llm", "aggregation": "sum", "value": "data.tokens",
                 "dimensions": [], "where": {}, "negativeAllowed": false, "effectiveFromMillis": -9223372036854775808}}}
                """);

        assertThat(Changes.between(old, configuration("7d", now)))
                .singleElement()
                .satisfies(change -> assertThat(change.what())
                        .isEqualTo(
                                "not compared: metering.close-delay, metering.max-record-bytes, metering.quiet-partition,"
                                        + " metering.unknown-types, pipelines, reconcile.enabled"))
                .satisfies(change -> assertThat(change.refused()).isFalse());
    }

    @Test
    void whatANewerVersionTellsBesidesIsPassedOver() {
        String newer = configuration("7d", TOKENS).json().replaceFirst("\\{", "{\"more\": 1, ");

        assertThat(Changes.between(MeteringConfiguration.parse(newer), configuration("7d", TOKENS)))
                .isEmpty();
    }

    private static List<Change> between(MeteringConfiguration old, MeteringConfiguration now) {
        // As it comes back from the database.
        return Changes.between(MeteringConfiguration.parse(old.json()), now);
    }

    private static MeteringConfiguration configuration(String maxLateness, String... meters) {
        String yaml = """
                kafka: {bootstrap-servers: "127.0.0.1:1"}
                postgres: {url: "jdbc:postgresql://127.0.0.1:1/x", user: "x"}
                pipelines: [metering]
                metering: {max-lateness: %s}
                meters: [%s]
                """.formatted(maxLateness, String.join(", ", meters));
        return MeteringConfiguration.of(SettingsLoader.fromText("test", yaml));
    }
}
