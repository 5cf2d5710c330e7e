package io.tallymark.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code subscription}: who pays for which plan. */
@Command(
        name = "subscription",
        description =
                "Makes, changes, ends and lists the Stripe subscriptions of mapped customers, so that no boundary of a"
                        + " billing period cuts an hour of usage. A command that was cut off leads on when it is run again.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {
            SubscriptionCreateCommand.class,
            SubscriptionChangePlanCommand.class,
            SubscriptionCancelCommand.class,
            SubscriptionListCommand.class
        })
final class SubscriptionCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "name one of create, change-plan, cancel, list");
    }
}
