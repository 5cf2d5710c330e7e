package io.tallymark.cli;

import io.tallymark.customers.Problem;
import io.tallymark.table.DatabaseCheck;
import io.tallymark.usage.DatabaseAccess;
import io.tallymark.usage.PrintableText;
import io.tallymark.usage.UserError;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code customers}: who pays for whose usage. */
@Command(
        name = "customers",
        description = "Imports and lists which Stripe customer pays for a customer's usage.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {CustomersListCommand.class, CustomersImportCommand.class, CustomersImportItemsCommand.class})
final class CustomersCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "name one of list, import, import-items");
    }

    static void requireDatabase(DatabaseAccess database) {
        List<UserError> problems = DatabaseCheck.toWork(database).problems();
        if (!problems.isEmpty()) {
            throw problems.get(0);
        }
    }

    /** Names every mistake of a file, and ends the command if there is one. */
    static void requireNoProblems(List<Problem> problems, Path file, PrintWriter err) {
        if (problems.isEmpty()) {
            return;
        }
        problems.forEach(problem -> err.println("line " + problem.line() + ": " + PrintableText.of(problem.text())));
        throw new UserError(
                file + " has " + problems.size() + (problems.size() == 1 ? " problem" : " problems")
                        + "; nothing was changed",
                "mend the lines named above and import it again");
    }
}
