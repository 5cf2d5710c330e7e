package io.tallymark.cli;

import io.tallymark.deadletter.LetterSelection;
import io.tallymark.usage.Origin;
import io.tallymark.usage.RejectReason;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The flags that choose letters, the same for list, show and redrive. */
final class LetterOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--reason",
            paramLabel = "REASON",
            description = "only letters of this reason; can be repeated: ${COMPLETION-CANDIDATES}")
    private Set<RejectReason> reasons = EnumSet.noneOf(RejectReason.class);

    @Option(
            names = "--from",
            paramLabel = "TIME",
            converter = InstantConverter.class,
            description = "only records that Kafka stored at or after this: RFC 3339, or a date in UTC")
    private Optional<Instant> from = Optional.empty();

    @Option(
            names = "--to",
            paramLabel = "TIME",
            converter = InstantConverter.class,
            description = "only records that Kafka stored before this")
    private Optional<Instant> to = Optional.empty();

    @Option(names = "--partition", paramLabel = "N", description = "only letters in this partition")
    private Optional<Integer> partition = Optional.empty();

    @Option(names = "--offset", paramLabel = "N", description = "only the letter at this offset of --partition")
    private Optional<Long> offset = Optional.empty();

    @Option(
            names = "--origin",
            paramLabel = "TOPIC-PARTITION@OFFSET",
            converter = OriginConverter.class,
            description = "only the letter of this record, such as usage-events-3@42")
    private Optional<Origin> origin = Optional.empty();

    LetterSelection selection() {
        if (offset.isPresent() && partition.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "--offset needs --partition");
        }
        return new LetterSelection(
                reasons,
                from.map(Instant::toEpochMilli).orElse(Long.MIN_VALUE),
                to.map(Instant::toEpochMilli).orElse(Long.MAX_VALUE),
                partition,
                offset,
                origin);
    }

    boolean isEmpty() {
        return selection().equals(LetterSelection.ALL);
    }

    static final class OriginConverter implements ITypeConverter<Origin> {
        private static final Pattern ORIGIN = Pattern.compile("(.+)-(\\d{1,9})@(\\d{1,18})");

        @Override
        public Origin convert(String text) {
            Matcher parts = ORIGIN.matcher(text);
            if (!parts.matches()) {
                throw new TypeConversionException("'" + text + "' is no record such as usage-events-3@42");
            }
            return new Origin(parts.group(1), Integer.parseInt(parts.group(2)), Long.parseLong(parts.group(3)));
        }
    }
}
