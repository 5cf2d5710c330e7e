package io.tallymark.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.config.MeteringConfiguration;
import io.tallymark.config.SettingsLoader;
import java.util.List;
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
