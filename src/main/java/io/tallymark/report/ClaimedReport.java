package io.tallymark.report;

import io.tallymark.usage.UsageReport;

/**
 * A report that waits for its call: its intent is in the database, and its lane is leased to the claim.
 *
 * @param claimId the claim that holds the lane; a call is made only while it does
 * @param report what to send, exactly as announced
 * @param readBack whether Stripe is asked about the report instead
 */
public record ClaimedReport(DueHour hour, long claimId, UsageReport report, ReadBack readBack) {}
