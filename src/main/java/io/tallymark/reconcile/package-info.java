/**
 * Compares what Stripe's own summaries say with what Stripe was told and with the table; confirms what agrees, names what does not, and
 * mends it by new intents that the ordinary reporter then tells.
 */
@NullMarked
package io.tallymark.reconcile;

import org.jspecify.annotations.NullMarked;
