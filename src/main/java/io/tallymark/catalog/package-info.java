/**
 * The catalog as code: what catalog.yaml sells, what a Stripe account sells, and the way from one to the other. Runs in the launcher, not
 * in the job.
 */
@NullMarked
package io.tallymark.catalog;

import org.jspecify.annotations.NullMarked;
