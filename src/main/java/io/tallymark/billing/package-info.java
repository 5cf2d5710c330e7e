/**
 * Subscriptions and invoices: the mirror of Stripe's, and the commands that make, change and end subscriptions without cutting an hour of
 * usage. Runs in the launcher, not in the job.
 */
@NullMarked
package io.tallymark.billing;

import org.jspecify.annotations.NullMarked;
