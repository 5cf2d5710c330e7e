package io.tallymark.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Refuses a number on the command line that is outside its range. */
final class Bounds {
    private Bounds() {}

    static void check(CommandSpec spec, String flag, long value, long least, long most) {
        if (value < least || value > most) {
            throw new ParameterException(
                    spec.commandLine(), flag + " " + value + " is out of range: from " + least + " to " + most);
        }
    }
}
