package io.tallymark.cli;

import io.tallymark.ReportingCheck;
import io.tallymark.TallymarkJob;
import io.tallymark.audit.MirrorCheck;
import io.tallymark.config.Pipeline;
import io.tallymark.config.Settings;
import io.tallymark.ingest.TopicCheck;
import io.tallymark.stripe.MeterCheck;
import io.tallymark.stripe.StripeReadings;
import io.tallymark.usage.DatabaseAccess;
import io.tallymark.usage.UserError;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code doctor}: looks at everything that the job will need and names each problem with its remedy. */
@Command(
        name = "doctor",
        description =
                "Checks the configuration, the Kafka topics, the database, Stripe and its meters. Changes nothing."
                        + " Exit 0 when all is well, 2 when not.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class DoctorCommand implements Callable<Integer> {
    @Mixin
    private ConfigOption config = new ConfigOption();

    private int problems;

    @Override
    public Integer call() {
        Settings settings = config.load();
        report("config", config.file().toString(), List.of());
        report(
                "kafka",
                settings.ingest().bootstrapServers() + ", topic "
                        + settings.ingest().topic(),
                new TopicCheck(settings.ingest(), settings.deadLetters().topic()).problems());
        report("postgres", settings.database().url(), databaseProblems(settings));
        if (settings.runs(Pipeline.REPORTING)) {
            reportReporting(settings);
        }
        return problems == 0 ? 0 : ErrorPrinter.USER_ERROR;
    }

    /** A job that only meters asks Stripe nothing, and its user may read nothing of this. */
    private void reportReporting(Settings settings) {
        MeterCheck.Findings stripe = stripeFindings(settings);
        report("stripe", settings.stripe().apiBase().toString(), stripe.problems());
        stripe.notes().forEach(note -> System.out.println("note     stripe: " + note));
        MirrorCheck.Findings mirror = new MirrorCheck(settings.database()).findings();
        report(
                "billing",
                mirror.syncedAt()
                        .map(at -> "subscriptions as of " + at)
                        .orElse("subscriptions were never read; ./tallymark stripe-sync reads them"),
                mirror.problems());
    }

    private static List<UserError> databaseProblems(Settings settings) {
        List<UserError> problems = TallymarkJob.databaseCheck(settings).problems();
        try {
            return problems.isEmpty() ? ReportingCheck.changeProblems(settings) : problems;
        } catch (UserError e) {
            return List.of(e);
        }
    }

    private static MeterCheck.Findings stripeFindings(Settings settings) {
        try (StripeReadings stripe = StripeReadings.open(settings.stripe())) {
            return new MeterCheck(stripe).findings(settings.ingest().meters(), () -> mappedItems(settings.database()));
        } catch (UserError e) {
            return new MeterCheck.Findings(List.of(e), List.of());
        }
    }

    /** The newest subscription item, if there is one; a database that cannot be asked is a problem of its own above. */
    private static List<String> mappedItems(DatabaseAccess database) {
        try (Connection connection = database.connect();
                PreparedStatement newest = connection.prepareStatement(
                        "SELECT subscription_item_id FROM billing_item ORDER BY valid_from DESC LIMIT 1");
                ResultSet rows = newest.executeQuery()) {
            return rows.next() ? List.of(rows.getString(1)) : List.of();
        } catch (SQLException | UserError e) {
            return List.of();
        }
    }

    private void report(String part, String what, List<UserError> found) {
        if (found.isEmpty()) {
            System.out.println("ok       " + part + ": " + what);
        }
        found.forEach(problem ->
                System.out.println("problem  " + problem.getMessage() + " -- to mend it: " + problem.remedy()));
        problems += found.size();
    }
}
