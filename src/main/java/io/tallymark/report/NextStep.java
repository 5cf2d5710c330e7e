package io.tallymark.report;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Optional;

/** What to do with a due hour; decided by {@link ReportPolicy}, carried out by {@link ReportClaims}. */
sealed interface NextStep {
    /** Stripe was told the total already. */
    record Settle() implements NextStep {}

    /** Look again at an instant: a part of the hour is about to close, or Stripe's summaries may still be behind. */
    record LookAgain(Instant at) implements NextStep {}

    /** Nothing of this customer and meter can be reported until something outside changes. */
    record ParkLane(String reason) implements NextStep {}

    /** This hour must not be sent until a person, or another total, changes something. */
    record HoldHour(String reason) implements NextStep {}

    /**
     * Nothing that Stripe would be told of the hour is billed any more.
     *
     * @param abandoned an intent whose fate is unknown
     * @param rest the remainder of the hour, as an intent that is never sent; absent when nothing remains
     * @param cause of the posting
     */
    record Expire(Optional<ReportIntent> abandoned, Optional<ReportIntent> rest, String cause) implements NextStep {}

    /** The hour is billed for good, or cannot be told: the amount is billed with another one. */
    record Carry(BigDecimal amount, Instant toHour, String cause) implements NextStep {}

    /** Tell Stripe the same as before, under the same identifier. */
    record Resume(ReportIntent intent) implements NextStep {}

    /** Ask Stripe what it holds: repeating could count twice. */
    record Ask(ReportIntent intent, ReadBack readBack) implements NextStep {}

    /** Tell Stripe anew, under another identifier: the old one would only ever be answered with a stored failure. */
    record Renew(ReportIntent lost, ReportIntent intent) implements NextStep {}

    /** Announce a new intent and tell Stripe. */
    record Send(ReportIntent intent) implements NextStep {}
}
