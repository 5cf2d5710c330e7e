package io.tallymark.upgrade;

import io.tallymark.config.MeteringConfiguration;
import io.tallymark.config.Settings;
import io.tallymark.table.DatabaseCheck;
import io.tallymark.table.DatabaseUse;
import io.tallymark.table.SchemaVersion;
import io.tallymark.usage.UserError;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compares a configuration with that of the job that meters its topic, which writes it beside its sign of life.
 *
 * @param topic of both
 * @param lastSeen when the running job made its last checkpoint, as Postgres prints it
 * @param changes in the order of the configuration; empty when nothing that is compared differs
 */
public record UpgradeCheck(String topic, String lastSeen, List<Change> changes) {
    /** Also of a schema that has no such column yet. */
    private static final String RUNNING =
            "SELECT topic, date_trunc('second', written_at)::text, to_jsonb(progress) ->> 'configuration'"
                    + " FROM metering_progress AS progress ORDER BY topic";

    /**
     * Asks the database.
     *
     * @throws UserError when it cannot be asked, or no job is known that this configuration could follow
     */
    public static UpgradeCheck of(Settings planned) throws SQLException {
        List<UserError> problems = DatabaseCheck.toRead(planned.database(), EnumSet.of(DatabaseUse.METERING))
                .problems();
        if (!problems.isEmpty()) {
            throw problems.get(0);
        }
        UpgradeCheck check = ofConfiguration(planned);
        try (Connection connection = planned.database().connect()) {
            return SchemaVersion.older(connection).map(check::onSchema).orElse(check);
        }
    }

    /** An upgrade finds the schema like this: it migrates when the old job is stopped. */
    private UpgradeCheck onSchema(String version) {
        List<Change> all = new ArrayList<>(changes);
        all.add(
                Change.noted(
                        "schema " + version + " -> " + SchemaVersion.NEEDED,
                        "the new job is not started before ./tallymark migrate --config FILE; older versions run on the newer schema"));
        return new UpgradeCheck(topic, lastSeen, all);
    }

    private static UpgradeCheck ofConfiguration(Settings planned) throws SQLException {
        String topic = planned.ingest().topic();
        List<String> others = new ArrayList<>();
        try (Connection connection = planned.database().connect();
                PreparedStatement statement = connection.prepareStatement(RUNNING);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                if (row.getString(1).equals(topic)) {
                    List<Change> changes = new ArrayList<>(changes(topic, row.getString(3), planned));
                    changes.addAll(ReportingChanges.of(planned));
                    return new UpgradeCheck(topic, row.getString(2), List.copyOf(changes));
                }
                others.add(row.getString(1));
            }
        }
        throw new UserError(
                "no job has metered the topic " + topic + " into this database"
                        + (others.isEmpty() ? "" : ", but " + String.join(", ", others)),
                "a job on another topic cannot be resumed: start this one without state, or mend kafka.topic");
    }

    public boolean refused() {
        return changes.stream().anyMatch(Change::refused);
    }

    private static List<Change> changes(String topic, @Nullable String configuration, Settings planned) {
        if (configuration == null) {
            throw new UserError(
                    "the job that meters " + topic + " does not say its configuration: it is of an older version",
                    "compare by hand with docs/operations.md");
        }
        return Changes.between(MeteringConfiguration.parse(configuration), MeteringConfiguration.of(planned));
    }
}
