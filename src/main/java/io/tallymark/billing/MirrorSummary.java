package io.tallymark.billing;

/**
 * What a sync did.
 *
 * @param wholeAccount whether the whole account was read, customers without a mapping included
 * @param subscriptions how many were read
 * @param invoices how many were read
 * @param changes of what reporting uses: billing periods and legacy items
 * @param flags what a person has to look at
 * @param failed mapped customers that could not be read
 */
public record MirrorSummary(
        boolean wholeAccount, long subscriptions, long invoices, long changes, long flags, long failed) {}
