package io.tallymark.upgrade;

import io.tallymark.ReportingCheck;
import io.tallymark.config.Pipeline;
import io.tallymark.config.Settings;
import io.tallymark.report.MeterChange;
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
        MeterChange change = ReportingCheck.change(planned);
        List<Change> changes = new ArrayList<>();
        change.problems().forEach(problem -> changes.add(refused(problem)));
        if (changes.isEmpty()) {
            change.shared().forEach(shared -> changes.add(noted(shared)));
        }
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

    private static Change noted(MeterChange.Shared shared) {
        return Change.noted(
                "meter " + shared.metric() + " has the event-name " + shared.eventName() + " of meter "
                        + shared.former(),
                "at Stripe the two add up; hours that were told of " + shared.former()
                        + " stay told, and ./tallymark replay --apply leaves them out; what was not told of it when the job"
                        + " stops is told only when replay --apply gives it to " + shared.metric());
    }
}
