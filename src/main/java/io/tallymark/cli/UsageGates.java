package io.tallymark.cli;

import io.tallymark.billing.UsageGate;
import io.tallymark.config.Settings;
import io.tallymark.database.Database;
import io.tallymark.usage.UserError;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** Where the commands get their gate between usage and its price. */
final class UsageGates {
    private UsageGates() {}

    static UsageGate open(Settings settings, Database database) {
        return new NotBuilt();
    }

    private static final class NotBuilt implements UsageGate {
        @Override
        public void settle(String customerId, Set<String> metrics, Instant before) {
            throw new UserError("usage cannot be settled by this version", "add --at period-end");
        }

        @Override
        public void seal(String customerId, Set<String> metrics, Instant at, Optional<Instant> carryTo, String cause) {
            throw new UserError("hours cannot be sealed by this version", "add --at period-end");
        }
    }
}
