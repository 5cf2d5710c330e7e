package io.tallymark.cli;

import io.tallymark.config.Settings;
import io.tallymark.ingest.TopicCheck;
import io.tallymark.stripe.MeterCheck;
import io.tallymark.stripe.StripeReadings;
import io.tallymark.table.DatabaseCheck;
import io.tallymark.usage.UserError;
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
        report("postgres", settings.database().url(), new DatabaseCheck(settings.database()).problems());
        report("stripe", settings.stripe().apiBase().toString(), stripeProblems(settings));
        return problems == 0 ? 0 : ErrorPrinter.USER_ERROR;
    }

    private static List<UserError> stripeProblems(Settings settings) {
        try (StripeReadings stripe = StripeReadings.open(settings.stripe())) {
            return new MeterCheck(stripe).problems(settings.ingest().meters());
        } catch (UserError e) {
            return List.of(e);
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
