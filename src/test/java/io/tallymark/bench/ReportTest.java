package io.tallymark.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
    private static final long MEBIBYTES = 900;
    private static final Machine MACHINE = new Machine(2, "a processor", 8_000, "Linux amd64", "17");

    @TempDir
    private Path directory;

    @Test
    void statesMediansAndTheirRatios() {
        String text = section("Everyday", 2_000).text();

        assertThat(text)
                .startsWith(
                        "## Everyday\n\n`./tallymark bench --rounds 3`\n\n10,000 records with 9,000 ids (10 % repeats)")
                .contains(
                        "Medians of 3 rounds",
                        "| raw read | 10,000 | 5,000 to 20,000 | 1.00 | 100.00 | 900 | - |",
                        "| Tallymark | 5,000 | 2,500 to 10,000 | 0.50 | 200.00 | 900 | 20.0 |",
                        "| Flink SQL | 1,000 | 500 to 2,000 | 0.10 | 1000.00 | 900 | 100.0 |",
                        "Tallymark is 5.00 times as fast as Flink SQL (goal 5, aim 8).",
                        "Tallymark reaches 0.50 of the raw read (goal 0.20, aim 0.33).",
                        "takes 20.0 bytes of a Tallymark checkpoint (goal 24, aim 18).",
                        "uploaded 60.0 bytes for each id",
                        "took 20.0 s until all tasks processed records",
                        "tenth of the records: 1,000; 5,000; 500; 500; 500; 500; 500; 500; 500; 4,000. The first warms up;"
                                + " the last is 0.80 of the second.");
    }

    @Test
    void replacesASectionOfTheSameNameAndLeavesTheOthers() throws IOException {
        Path file = directory.resolve("benchmarks.md");
        Report report = new Report(file);
        put(report, section("First", 2_000));
        put(report, section("Second", 2_000));
        String before = Files.readString(file);

        put(report, section("First", 1_000));

        String after = Files.readString(file);
        assertThat(after).startsWith("# Benchmarks\n").contains("## First\n", "| Tallymark | 10,000 |");
        assertThat(after.indexOf("## First")).isLessThan(after.indexOf("## Second"));
        assertThat(after.substring(after.indexOf("## Second")))
                .isEqualTo(before.substring(before.indexOf("## Second")));
        assertThat(after.lines().filter(line -> line.startsWith("## "))).containsExactly("## First", "## Second");
    }

    @Test
    void statesMediansOfAnHoursClose() {
        Map<WritePath, List<Double>> seconds = new EnumMap<>(WritePath.class);
        seconds.put(WritePath.SINK, List.of(4.0, 2.0, 1.0));
        seconds.put(WritePath.ONE_STATEMENT, List.of(1.0, 2.0, 1.0));
        seconds.put(WritePath.SINGLE_ROWS, List.of(10.0, 20.0));

        assertThat(new HourCloseSection("./tallymark bench", 10_000, seconds, MACHINE, Instant.EPOCH).text())
                .startsWith("## Hour close\n\n`./tallymark bench`\n\nThe totals of 10,000 customers for one hour")
                .contains(
                        "Medians of 3 rounds",
                        "| Tallymark's sink | 5,000 | 2,500 to 10,000 | 0.50 |",
                        "| one statement | 10,000 | 5,000 to 10,000 | 1.00 |",
                        "| single-row upserts | 667 | 500 to 1,000 | 0.07 |",
                        "Tallymark's sink reaches 0.50 of one set-based statement (goal 0.5, aim 0.8).",
                        "It is 7.5 times as fast as single-row upserts.");
    }

    @Test
    void namesTheCommandThatMeasuresTheSameWithoutPathsOfThisMachine() {
        assertThat(CommandText.of(
                        List.of("--report", "/home/me/x.md", "--name", "30 % repeats", "--report=y", "--late=0")))
                .isEqualTo("./tallymark bench --name '30 % repeats' --late=0");
    }

    private static void put(Report report, Section section) throws IOException {
        report.put(section.name(), section.text());
    }

    private static Section section(String name, long tallymarkMillis) {
        Workload load = new Workload(
                10_000,
                1_000,
                100,
                0,
                200,
                Duration.ofHours(1),
                Duration.ofHours(6),
                Duration.ofDays(7),
                Workload.Key.CUSTOMER,
                4,
                1,
                0);
        Map<Contender, List<RunFigures>> runs = new EnumMap<>(Contender.class);
        runs.put(Contender.RAW_READ, threeRounds(1_000, RunFigures.UNKNOWN));
        runs.put(Contender.TALLYMARK, threeRounds(tallymarkMillis, 180_000));
        runs.put(Contender.FLINK_SQL, threeRounds(10_000, 900_000));
        return new Section(
                name,
                "./tallymark bench --rounds 3",
                new Summary(load, runs),
                new RunSize(2048, 768, Duration.ofSeconds(10), Duration.ofSeconds(60)),
                MACHINE,
                Instant.EPOCH);
    }

    private static List<RunFigures> threeRounds(long millis, long checkpointBytes) {
        return List.of(
                figures(2 * millis, checkpointBytes),
                figures(millis, checkpointBytes),
                figures(millis / 2, checkpointBytes));
    }

    private static RunFigures figures(long millis, long checkpointBytes) {
        List<Long> tenths =
                List.of(millis / 2, millis / 10, millis, millis, millis, millis, millis, millis, millis, millis / 8);
        return new RunFigures(
                millis,
                millis,
                millis,
                MEBIBYTES,
                tenths,
                new StateFigures(checkpointBytes, 3 * checkpointBytes, 10 * millis));
    }
}
