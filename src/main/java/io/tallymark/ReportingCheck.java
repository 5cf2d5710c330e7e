package io.tallymark;

import io.tallymark.config.Pipeline;
import io.tallymark.config.Settings;
import io.tallymark.report.MeterChange;
import io.tallymark.report.MeterHistory;
import io.tallymark.stripe.MeterFit;
import io.tallymark.usage.Meter;
import io.tallymark.usage.UserError;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.ds.PGSimpleDataSource;

/** Looks for what would bill wrong as configured: hours that were told in another way, and Stripe meters of another kind. */
public final class ReportingCheck {
    /** Of a billion reports; they are read only when a meter is reported otherwise than before. */
    private static final int LONGEST_READ_SECONDS = 3_600;

    private ReportingCheck() {}

    /**
     * Everything that is wrong, each with its remedy; empty when the job does not report. A Stripe that does not answer has nothing wrong:
     * it must not stop metering.
     */
    static List<UserError> problems(Settings settings) {
        List<UserError> problems = new ArrayList<>(changeProblems(settings));
        if (settings.runs(Pipeline.REPORTING)) {
            MeterFit.problems(settings.stripe(), settings.report().meters()).ifPresent(problems::addAll);
        }
        return problems;
    }

    /** Only what the database says: meters that would be reported otherwise than before. */
    public static List<UserError> changeProblems(Settings settings) {
        return settings.runs(Pipeline.REPORTING) ? change(settings).problems() : List.of();
    }

    /**
     * Compares the configured meters with what was told.
     *
     * @throws UserError when the database does not answer
     */
    public static MeterChange change(Settings settings) {
        List<Meter> meters = settings.report().meters();
        PGSimpleDataSource source = settings.database().dataSource();
        source.setSocketTimeout(LONGEST_READ_SECONDS);
        try (Connection connection = source.getConnection()) {
            return new MeterChange(MeterHistory.read(connection, meters), meters);
        } catch (SQLException e) {
            throw new UserError(
                    "postgres.url: cannot read what was reported from "
                            + settings.database().url() + ": " + e.getMessage(),
                    "start it again when the database answers; ./tallymark doctor looks",
                    e);
        }
    }
}
