package io.tallymark.report;

import io.tallymark.usage.MeterEvent;

/**
 * A report that waits for its call: its intent is in the database, and its lane is leased to the claim.
 *
 * @param claimId the claim that holds the lane; a call is made only while it does
 * @param event what to send, exactly as announced
 */
public record ClaimedReport(DueHour hour, long claimId, MeterEvent event) {}
