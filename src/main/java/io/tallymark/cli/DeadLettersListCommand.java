package io.tallymark.cli;

import io.tallymark.config.Settings;
import io.tallymark.deadletter.DeadLetter;
import io.tallymark.deadletter.DeadLetterTopic;
import java.io.PrintWriter;
import java.util.PriorityQueue;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dead-letters list}: how many of which reason, and the newest of them. */
@Command(
        name = "list",
        description = "Counts the letters by reason and lists the newest, newest last. A letter that a crash wrote"
                + " twice is one. Exit 0.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class DeadLettersListCommand implements Callable<Integer> {
    private static final int LARGEST_LIMIT = 1_000_000;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Mixin
    private LetterOptions options = new LetterOptions();

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "50",
            description = "letters to list; the summary is always of all (default: ${DEFAULT-VALUE})")
    private int limit;

    @Option(names = "--json", description = "one JSON object a line; the summary goes to standard error")
    private boolean json;

    private final LetterSummary summary = new LetterSummary();
    private final PriorityQueue<LetterLine> newest = new PriorityQueue<>();

    @Override
    public Integer call() {
        Bounds.check(spec, "--limit", limit, 0, LARGEST_LIMIT);
        Settings settings = config.load();
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        DeadLetterTopic.Reading reading = new DeadLetterTopic(settings.deadLetters())
                .read(options.selection(), this::keep, new ProgressLine(err, "dead-letters")::at);
        PrintWriter summaryOut = json ? err : out;
        if (summary.total() == 0) {
            summaryOut.println("dead-letters: no letters selected in "
                    + settings.deadLetters().topic());
        } else {
            summaryOut.println("dead-letters: " + settings.deadLetters().topic());
        }
        summary.print(summaryOut, reading);
        while (!newest.isEmpty()) {
            LetterLine line = newest.remove();
            out.println(json ? line.json() : line.text());
        }
        return 0;
    }

    private boolean keep(DeadLetter letter) {
        summary.add(letter);
        newest.add(LetterLine.of(letter));
        if (newest.size() > limit) {
            newest.remove();
        }
        return true;
    }
}
