package io.tallymark.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The root command. Exit codes: 0 done, 1 a proof or a program failed, 2 a mistake that the user can mend. */
@Command(
        name = "tallymark",
        description = "Usage-based billing that counts every event exactly once.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = {
            "",
            "In a checkout, ./tallymark bench measures metering on this machine beside Flink SQL; bench --help has its options."
        },
        subcommands = {
            DemoCommand.class,
            UpCommand.class,
            ProduceCommand.class,
            MigrateCommand.class,
            UpgradeCheckCommand.class,
            DoctorCommand.class,
            StatusCommand.class,
            HealthCommand.class,
            DeadLettersCommand.class,
            ExplainCommand.class,
            ReplayCommand.class,
            ReconcileCommand.class,
            CustomersCommand.class,
            CatalogCommand.class,
            StripeSyncCommand.class,
            SyncCommand.class,
            CloseCommand.class,
            ServeCommand.class,
            SubscriptionCommand.class,
            PreviewCommand.class,
            SimulatorCommand.class,
            HelpCommand.class
        })
public final class Tallymark implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    public static void main(String[] args) {
        try {
            System.exit(commandLine().execute(args));
        } catch (Error e) {
            // A part that is just starting when Ctrl-C comes may fail as an Error; the signal sets the exit code.
            if (!ErrorPrinter.isShuttingDown()) {
                throw e;
            }
        }
    }

    static CommandLine commandLine() {
        return new CommandLine(new Tallymark())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(ErrorPrinter::wrongUse)
                .setExecutionExceptionHandler(ErrorPrinter::failed);
    }

    /** Without a command there is nothing to do but help. */
    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "name a command");
    }
}
