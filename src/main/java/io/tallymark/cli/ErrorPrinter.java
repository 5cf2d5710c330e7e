package io.tallymark.cli;

import io.tallymark.usage.PrintableText;
import io.tallymark.usage.UserError;
import java.io.PrintWriter;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** How errors look: one line, the remedy, and never a stack trace for a user's mistake. */
final class ErrorPrinter {
    static final int USER_ERROR = 2;
    private static final int PROGRAM_ERROR = 1;
    private static final Logger LOG = LoggerFactory.getLogger(ErrorPrinter.class);

    private ErrorPrinter() {}

    static int wrongUse(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("error: " + PrintableText.of(String.valueOf(e.getMessage())));
        List<String> suggestions =
                e instanceof UnmatchedArgumentException unmatched ? unmatched.getSuggestions() : List.of();
        if (!suggestions.isEmpty()) {
            err.println("did you mean: " + String.join(" or ", suggestions) + "?");
        }
        err.println("to mend it: ./" + command.getCommandSpec().qualifiedName() + " --help");
        return USER_ERROR;
    }

    static int failed(Exception e, CommandLine command, ParseResult parsed) {
        PrintWriter err = command.getErr();
        if (e instanceof UserError mistake) {
            print(err, mistake);
            return USER_ERROR;
        }
        if (isShuttingDown()) {
            // Ctrl-C took the parts away under a running command: no error, and the signal sets the exit code.
            return PROGRAM_ERROR;
        }
        LOG.error("{} failed", command.getCommandName(), e);
        err.println("error: " + command.getCommandName() + " failed: " + e);
        err.println("the log has the details: " + System.getProperty("tallymark.log", "target/logs/tallymark.log"));
        return PROGRAM_ERROR;
    }

    static void print(PrintWriter err, UserError mistake) {
        err.print("error: ");
        // A file with several problems names each on a line of its own.
        String.valueOf(mistake.getMessage()).lines().map(PrintableText::of).forEach(err::println);
        err.println("to mend it: " + mistake.remedy());
    }

    /** The runtime takes no hooks any more once it is ending. */
    static boolean isShuttingDown() {
        Thread probe = new Thread(() -> {});
        try {
            Runtime.getRuntime().addShutdownHook(probe);
            Runtime.getRuntime().removeShutdownHook(probe);
            return false;
        } catch (IllegalStateException e) {
            return true;
        }
    }
}
