package io.tallymark.cli;

import io.tallymark.config.Settings;
import io.tallymark.table.SchemaMigration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code migrate}: brings the database to this version's schema. */
@Command(
        name = "migrate",
        description =
                "Creates or upgrades Tallymark's tables in the configured database; running it again changes nothing.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class MigrateCommand implements Callable<Integer> {
    @Mixin
    private ConfigOption config = new ConfigOption();

    @Override
    public Integer call() {
        Settings settings = config.load();
        int applied = SchemaMigration.migrate(settings.database());
        System.out.println(
                applied == 0
                        ? "migrate: " + settings.database().url() + " is up to date"
                        : "migrate: applied " + applied + " migrations to "
                                + settings.database().url());
        return 0;
    }
}
