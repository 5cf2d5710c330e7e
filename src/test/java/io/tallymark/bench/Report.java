package io.tallymark.bench;

import io.tallymark.usage.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The file of figures: an introduction, and a section for each workload, in the order in which they were measured first. */
final class Report {
    private static final String INTRODUCTION = """
            # Benchmarks

            Written by `./tallymark bench`; `--help` has its options. A run replaces the section of its `--name` and leaves the others.

            Events are structured CloudEvents of 220 bytes, produced once into one Kafka broker and read from there by every run. The
            runs alternate, each in a new process with one TaskManager of two slots, RocksDB, incremental exactly-once checkpoints
            and the same memory; Kafka and PostgreSQL run beside it on the same machine and take part of its processors,
            which is not in the processor time.

            - **raw read**: Flink's Kafka source, bytes counted and thrown away.
            - **parse only**: the same with Tallymark's decoder.
            - **Tallymark**: the metering job as it ships, with its balance sheet, into `usage_hourly`.
            - **Flink SQL**: JSON format, `ROW_NUMBER() ... = 1` by processing time, `TUMBLE` of an hour, upsert by JDBC into the same table;
              mini-batches (1 s, 20,000 rows), two-phase aggregation, object reuse, bloom filters, state kept for max-lateness. It
              keeps no balance sheet, no dead letters and no digests, and counts no event that is later than its watermark's delay, which is the
              workload's lateness here.

            Time and processor time run from the first records fetched to the moment at which every hour is closed in the table; for the two
            reading runs, to the last record. Start-up is not in them, warming up is. At the end each row is compared with what was produced; one wrong row
            and there is no report. The checkpoint is the first one that was begun after the end, with what it shares with earlier ones.
            """;
    private static final String HEADING = "\n## ";

    private final Path file;

    Report(Path file) {
        this.file = file;
    }

    /**
     * Looks whether it can be written, before hours are spent on what is to be in it.
     *
     * @throws UserError when it cannot
     */
    void requireWritable() {
        Path directory = file.toAbsolutePath().getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            throw new UserError(
                    "--report " + file + " is in no directory", "make the directory, or choose another one");
        }
        if (Files.isDirectory(file) || !Files.isWritable(Files.exists(file) ? file : directory)) {
            throw new UserError("--report " + file + " cannot be written", "choose another file");
        }
    }

    /** Writes or replaces the section of that name; its text begins with the heading. */
    void put(String name, String text) throws IOException {
        String present = Files.exists(file) ? Files.readString(file) : INTRODUCTION;
        int first = present.indexOf(HEADING);
        // The introduction is always that of the version that measures.
        String sections = first < 0 ? "" : present.substring(first);
        Files.writeString(file, INTRODUCTION + replaced(sections, name, text));
    }

    private static String replaced(String sections, String name, String text) {
        String heading = HEADING + name + "\n";
        int begin = sections.indexOf(heading);
        if (begin < 0) {
            return sections + "\n" + text;
        }
        int next = sections.indexOf(HEADING, begin + heading.length());
        return sections.substring(0, begin) + "\n" + text + (next < 0 ? "" : sections.substring(next));
    }
}
