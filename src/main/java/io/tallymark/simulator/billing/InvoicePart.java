package io.tallymark.simulator.billing;

/** What an invoice consists of: lines that are fixed, and stretches of usage whose lines are counted until it is finalized. */
sealed interface InvoicePart permits BilledLine, UsageStretch {}
