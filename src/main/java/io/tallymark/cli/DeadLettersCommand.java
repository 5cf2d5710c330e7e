package io.tallymark.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dead-letters}: what could not be counted. Its subcommands read the topic and never change it. */
@Command(
        name = "dead-letters",
        description = "Lists, shows and sends again what could not be counted.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {DeadLettersListCommand.class, DeadLettersShowCommand.class, DeadLettersRedriveCommand.class})
final class DeadLettersCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "name one of list, show, redrive");
    }
}
