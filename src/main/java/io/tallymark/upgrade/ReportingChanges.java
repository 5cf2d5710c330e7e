package io.tallymark.upgrade;

import io.tallymark.ReportingCheck;
import io.tallymark.config.Pipeline;
import io.tallymark.config.Settings;
import io.tallymark.stripe.MeterFit;
import io.tallymark.usage.UserError;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a new configuration does to reporting: the same checks as the job's start, and what they let pass but is worth knowing. */
final class ReportingChanges {
    private ReportingChanges() {}

    /** Empty when the configuration does not report. */
    static List<Change> of(Settings planned) {
        if (!planned.runs(Pipeline.REPORTING)) {
            return List.of();
        }
        List<Change> changes = new ArrayList<>();
        ReportingCheck.change(planned).problems().forEach(problem -> changes.add(refused(problem)));
        Optional<List<UserError>> misfits =
                MeterFit.problems(planned.stripe(), planned.report().meters());
        misfits.ifPresent(problems -> problems.forEach(problem -> changes.add(refused(problem))));
        if (misfits.isEmpty()) {
            changes.add(Change.noted(
                    "Stripe could not be asked",
                    "whether its meters fit the modes was not checked; ./tallymark doctor"));
        }
        return changes;
    }

    private static Change refused(UserError problem) {
        return Change.refused(String.valueOf(problem.getMessage()), problem.remedy());
    }
}
