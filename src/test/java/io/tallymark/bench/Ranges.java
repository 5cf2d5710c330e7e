package io.tallymark.bench;

import io.tallymark.config.DurationText;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** Reads and refuses values of the command line. */
final class Ranges {
    private Ranges() {}

    static void check(CommandSpec spec, String flag, long value, long least, long most) {
        if (value < least || value > most) {
            throw new ParameterException(
                    spec.commandLine(), flag + " " + value + " is out of range: from " + least + " to " + most);
        }
    }

    /** Refuses what is no number, too. */
    static void checkShare(CommandSpec spec, String flag, double value, double most) {
        if (!(value >= 0 && value <= most)) {
            throw new ParameterException(
                    spec.commandLine(), flag + " " + value + " is out of range: from 0 to " + most);
        }
    }

    static void check(CommandSpec spec, String flag, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new ParameterException(
                    spec.commandLine(),
                    flag + " " + DurationText.print(value) + " is out of range: from " + DurationText.print(least)
                            + " to " + DurationText.print(most));
        }
    }

    /** Durations look as they do in tallymark.yaml. */
    static final class DurationConverter implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            return DurationText.parse(text)
                    .orElseThrow(() -> new TypeConversionException(text + " is no duration such as 60s or 2m"));
        }
    }
}
