package io.tallymark.cli;

import io.tallymark.config.Settings;
import io.tallymark.deadletter.DeadLetterTopic;
import io.tallymark.deadletter.LetterSelection;
import io.tallymark.deadletter.OriginRecords;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code dead-letters show}: everything that is known of a letter, with the record itself. */
@Command(
        name = "show",
        description = "Shows letters whole: reason, headers, key and payload. A record that its letter does not hold is"
                + " read from its origin. Exit 0.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class DeadLettersShowCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Mixin
    private LetterOptions options = new LetterOptions();

    @Parameters(
            arity = "0..1",
            paramLabel = "POSITION",
            converter = PositionConverter.class,
            description = "the letter, as list shows it: 3@42 is offset 42 of partition 3")
    private Optional<LetterSelection> position = Optional.empty();

    @Override
    public Integer call() {
        if (position.isPresent() != options.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "name one letter, such as 3@42, or choose letters by flags, and not both");
        }
        Settings settings = config.load();
        PrintWriter out = spec.commandLine().getOut();
        LetterText text = new LetterText(out);
        AtomicLong shown = new AtomicLong();
        try (OriginRecords origins = new OriginRecords(settings.deadLetters())) {
            new DeadLetterTopic(settings.deadLetters())
                    .read(
                            position.orElseGet(options::selection),
                            letter -> {
                                text.print(letter, origins.of(letter));
                                return shown.incrementAndGet() > 0;
                            },
                            new ProgressLine(spec.commandLine().getErr(), "dead-letters")::at);
        }
        if (shown.get() == 0) {
            out.println("dead-letters: no letter selected in "
                    + settings.deadLetters().topic());
        }
        return 0;
    }

    static final class PositionConverter implements ITypeConverter<LetterSelection> {
        private static final Pattern POSITION = Pattern.compile("(\\d{1,9})@(\\d{1,18})");

        @Override
        public LetterSelection convert(String text) {
            Matcher parts = POSITION.matcher(text);
            if (!parts.matches()) {
                throw new TypeConversionException("'" + text + "' is no position such as 3@42 (partition@offset)");
            }
            return LetterSelection.at(Integer.parseInt(parts.group(1)), Long.parseLong(parts.group(2)));
        }
    }
}
