package io.tallymark.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import io.tallymark.config.MeteringConfiguration;
import io.tallymark.config.SettingsLoader;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingChangesTest {
    private static final String METERING = "pipelines: [metering]";
    private static final String BOTH = "pipelines: [metering, reporting]";

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            metering: {unknown-types: reject}     | unknown-types ignore -> reject     | dead letters UNKNOWN_TYPE
            metering: {max-record-bytes: 4KiB}    | max-record-bytes 1MiB -> 4KiB      | dead letters TOO_LARGE from then on, and not counted
            metering: {max-record-bytes: 2MiB}    | max-record-bytes 1MiB -> 2MiB      | are read from then on
            metering: {close-delay: 1m}           | close-delay 2m -> 1m               | sooner; what comes after that revises them
            metering: {close-delay: 1h}           | close-delay 2m -> 1h               | later
            metering: {quiet-partition: 1h}       | quiet-partition 30s -> 1h          | holds open hours up for longer
            """)
    void isNoted(String changed, String what, String effect) {
        assertThat(between(METERING, METERING + "\n" + changed))
                .singleElement()
                .satisfies(change -> assertThat(change.refused()).isFalse())
                .satisfies(change -> assertThat(change.what()).isEqualTo(what))
                .satisfies(change -> assertThat(change.effect()).contains(effect));
    }

    @Test
    void isNotedTheOtherWayRoundToo() {
        assertThat(between(METERING + "\nmetering: {unknown-types: reject}", METERING))
                .extracting(Change::effect)
                .containsExactly("events that no meter listens to are ignored from then on; letters of before stay");
    }

    @Test
    void reportingGoesWithAnOptionThatLosesNothing() {
        assertThat(between(BOTH, METERING))
                .singleElement()
                .satisfies(change -> assertThat(change.refused()).isTrue())
                .satisfies(
                        change -> assertThat(change.what()).isEqualTo("pipelines [metering, reporting] -> [metering]"))
                .satisfies(change -> assertThat(change.effect())
                        .contains(
                                "start this once with -n", "reporting loses nothing by it", "pipelines: [reporting]"));
        assertThat(between(BOTH, BOTH + "\nreconcile: {enabled: false}"))
                .singleElement()
                .satisfies(change -> assertThat(change.refused()).isTrue())
                .satisfies(change -> assertThat(change.what()).isEqualTo("reconcile.enabled true -> false"));
    }

    @Test
    void meteringMustNotGoWithIt() {
        for (String before : List.of(BOTH, METERING)) {
            assertThat(between(before, "pipelines: [reporting]"))
                    .singleElement()
                    .satisfies(change -> assertThat(change.refused()).isTrue())
                    .satisfies(change -> assertThat(change.effect())
                            .contains("-n would throw away its offsets", "a job of its own, without a savepoint"));
        }
    }

    @Test
    void reportingAndReconcilingMayCome() {
        assertThat(between(METERING, BOTH))
                .singleElement()
                .satisfies(change -> assertThat(change.refused()).isFalse())
                .satisfies(change -> assertThat(change.effect()).contains("end a reporting job of its own before"));
        assertThat(between(BOTH + "\nreconcile: {enabled: false}", BOTH))
                .singleElement()
                .satisfies(change -> assertThat(change.refused()).isFalse());
    }

    @Test
    void reconcilingMattersOnlyWhereReportingRuns() {
        assertThat(between(METERING, METERING + "\nreconcile: {enabled: false}"))
                .isEmpty();
    }

    private static List<Change> between(String old, String now) {
        // As it comes back from the database.
        return Changes.between(MeteringConfiguration.parse(configuration(old).json()), configuration(now));
    }

    private static MeteringConfiguration configuration(String settings) {
        String yaml = """
                kafka: {bootstrap-servers: "127.0.0.1:1"}
                postgres: {url: "jdbc:postgresql://127.0.0.1:1/x", user: "x"}
                meters: [{metric: calls, event-type: api, aggregation: count}]
                %s
                """.formatted(settings);
        return MeteringConfiguration.of(SettingsLoader.fromText("test", yaml));
    }
}
