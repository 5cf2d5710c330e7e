/**
 * The invoice to be: what the table and the catalog make of a customer's running period, beside what Stripe previews. Changes nothing.
 * Runs in the launcher, not in the job.
 */
@NullMarked
package io.tallymark.preview;

import org.jspecify.annotations.NullMarked;
