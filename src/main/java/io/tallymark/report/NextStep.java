package io.tallymark.report;

import java.util.Optional;

/** What to do with a due hour; decided by {@link ReportPolicy}, carried out by {@link ReportClaims}. */
sealed interface NextStep {
    /** Stripe was told the total already. */
    record Settle() implements NextStep {}

    /** A part of the hour is about to close: look again in a moment. */
    record WaitForClose() implements NextStep {}

    /** Nothing of this customer and meter can be reported until something outside changes. */
    record ParkLane(String reason) implements NextStep {}

    /** This hour must not be sent again until a person, or Stripe's summaries, say what Stripe holds. */
    record HoldHour(String reason) implements NextStep {}

    /**
     * Stripe would refuse the hour for its age.
     *
     * @param abandoned an intent whose fate is unknown
     * @param rest the remainder of the hour, as an intent that is never sent; absent when nothing remains
     */
    record Expire(Optional<ReportIntent> abandoned, Optional<ReportIntent> rest) implements NextStep {}

    /** Tell Stripe the same as before, under the same identifier. */
    record Resume(ReportIntent intent) implements NextStep {}

    /** Announce a new intent and tell Stripe. */
    record Send(ReportIntent intent) implements NextStep {}
}
