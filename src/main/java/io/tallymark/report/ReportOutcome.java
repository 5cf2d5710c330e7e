package io.tallymark.report;

import io.tallymark.usage.Delivery;

/** What came of a call that was made for a claim. */
public record ReportOutcome(ClaimedReport claim, Delivery delivery) {}
