package io.tallymark.cli;

import io.tallymark.config.SettingsLoader;
import io.tallymark.upgrade.Change;
import io.tallymark.upgrade.UpgradeCheck;
import io.tallymark.usage.UserError;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code upgrade-check}: what a changed configuration will do. */
@Command(
        name = "upgrade-check",
        description =
                "Compares a configuration with that of the job that runs, and says what each difference does when the job is"
                        + " resumed with it on a savepoint. Changes nothing. Exit 0 when the job goes on, 1 when it would not, 2"
                        + " when that cannot be said.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class UpgradeCheckCommand implements Callable<Integer> {
    private static final String COMPARED =
            "; compared were pipelines, reconcile.enabled, meters and how they are reported, max-lateness, close-delay,"
                    + " quiet-partition, unknown-types and max-record-bytes";

    @Parameters(paramLabel = "NEW_CONFIG", description = "the configuration that is to follow")
    private Path file = Path.of("");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Exception {
        if (!Files.exists(file)) {
            throw new UserError("there is no file " + file, "name the configuration that is to follow");
        }
        UpgradeCheck check = UpgradeCheck.of(SettingsLoader.load(file));
        PrintWriter out = spec.commandLine().getOut();
        out.println("upgrade-check: " + file + " and the job on " + check.topic() + ", last checkpoint "
                + check.lastSeen());
        for (Change change : check.changes()) {
            out.println((change.refused() ? "refused  " : "note     ") + change.what() + ": " + change.effect());
        }
        out.println(verdict(check));
        return check.refused() ? 1 : 0;
    }

    private static String verdict(UpgradeCheck check) {
        if (check.refused()) {
            return "the job would not go on from a savepoint of this one: see what is refused" + COMPARED;
        }
        return (check.changes().isEmpty()
                        ? "nothing that is compared differs: the job goes on"
                        : "the job goes on, with what is noted above")
                + COMPARED;
    }
}
