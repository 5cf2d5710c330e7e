package io.tallymark.cli;

import io.tallymark.config.Settings;
import io.tallymark.deadletter.DeadLetter;
import io.tallymark.deadletter.DeadLetterTopic;
import io.tallymark.deadletter.LetterContent;
import io.tallymark.deadletter.OriginRecords;
import io.tallymark.deadletter.Redrive;
import java.io.PrintWriter;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dead-letters redrive}: sends rejected records again, once what was wrong with the configuration is mended. */
@Command(
        name = "redrive",
        description = "Sends rejected records again to the topic of usage events. Without --apply it only says what it"
                + " would send. What was counted before is not counted again, so redriving twice counts once. Letters"
                + " stay in the dead-letter topic. Exit 0, or 1 when Kafka refused records.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class DeadLettersRedriveCommand implements Callable<Integer> {
    private static final int SHOWN_LINES = 10;
    private static final int END_SECONDS = 40;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Mixin
    private LetterOptions options = new LetterOptions();

    @Option(names = "--apply", description = "send them; otherwise nothing is written")
    private boolean apply;

    private final InstantSource clock = InstantSource.system();
    private final LetterSummary summary = new LetterSummary();
    private final CountDownLatch finished = new CountDownLatch(1);
    private volatile boolean stopped;
    private long gone;
    private long tooOld;
    private long identical;

    @Override
    public Integer call() {
        Settings settings = config.load();
        return apply ? send(settings) : dryRun(settings);
    }

    private int dryRun(Settings settings) {
        PrintWriter out = spec.commandLine().getOut();
        DeadLetterTopic.Reading reading = read(settings, (letter, content) -> {
            if (summary.total() <= SHOWN_LINES) {
                out.println(LetterLine.of(letter).text());
            } else if (summary.total() == SHOWN_LINES + 1) {
                out.println("…");
            }
        });
        if (nothingSelected(settings)) {
            return 0;
        }
        out.println("redrive: would send to " + settings.ingest().topic());
        printSummary(settings, reading);
        out.println("redrive: nothing was sent; add --apply to send");
        return 0;
    }

    private int send(Settings settings) {
        PrintWriter out = spec.commandLine().getOut();
        Thread stopping = new Thread(this::stop, "redrive-end");
        Runtime.getRuntime().addShutdownHook(stopping);
        try (Redrive redrive = Redrive.to(settings.ingest().topic(), settings.deadLetters())) {
            DeadLetterTopic.Reading reading = read(settings, (letter, content) -> {
                if (!redrive.send(letter, content)) {
                    identical++;
                }
            });
            Redrive.Result result = redrive.finish();
            if (nothingSelected(settings)) {
                return 0;
            }
            out.println("redrive: letters selected");
            printSummary(settings, reading);
            out.println("redrive: " + (stopped ? "stopped; " : "") + "sent " + result.stored() + " to "
                    + settings.ingest().topic() + "; their letters stay in "
                    + settings.deadLetters().topic());
            result.firstRefusal()
                    .ifPresent(refusal -> spec.commandLine()
                            .getErr()
                            .println("error: Kafka refused " + result.refused() + " of them: " + refusal.getMessage()));
            return result.refused() == 0 ? 0 : 1;
        } finally {
            finished.countDown();
            if (!stopped) {
                Runtime.getRuntime().removeShutdownHook(stopping);
            }
        }
    }

    private DeadLetterTopic.Reading read(Settings settings, LetterHandler handler) {
        long oldestMillis = clock.millis() - settings.ingest().maxLateness().toMillis();
        try (OriginRecords origins = new OriginRecords(settings.deadLetters())) {
            return new DeadLetterTopic(settings.deadLetters())
                    .read(
                            options.selection(),
                            letter -> {
                                summary.add(letter);
                                if (letter.appendTimeMillis() < oldestMillis) {
                                    tooOld++;
                                }
                                Optional<LetterContent> content = origins.of(letter);
                                content.ifPresentOrElse(found -> handler.handle(letter, found), () -> gone++);
                                return !stopped;
                            },
                            new ProgressLine(spec.commandLine().getErr(), "redrive")::at);
        }
    }

    private boolean nothingSelected(Settings settings) {
        if (summary.total() == 0) {
            spec.commandLine()
                    .getOut()
                    .println("redrive: no letters selected in "
                            + settings.deadLetters().topic());
        }
        return summary.total() == 0;
    }

    private void printSummary(Settings settings, DeadLetterTopic.Reading reading) {
        PrintWriter out = spec.commandLine().getOut();
        summary.print(out, reading);
        if (gone > 0) {
            out.println("  " + gone + " cannot be sent: their letters hold no bytes and their records are gone");
        }
        if (identical > 0) {
            out.println("  " + identical + " are identical to one sent before and are left out");
        }
        if (tooOld > 0) {
            out.println("  " + tooOld + " were stored longer ago than max-lateness ("
                    + settings.ingest().maxLateness().toHours()
                    + " h): their events will probably be too late now");
        }
    }

    /** Ctrl-C: no further letter; what was sent is waited for and counted. */
    private void stop() {
        stopped = true;
        try {
            if (!finished.await(END_SECONDS, TimeUnit.SECONDS)) {
                spec.commandLine().getErr().println("error: Kafka did not acknowledge in time; redrive again");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @FunctionalInterface
    private interface LetterHandler {
        void handle(DeadLetter letter, LetterContent content);
    }
}
