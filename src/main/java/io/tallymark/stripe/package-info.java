/**
 * The way to Stripe: sends meter events and legacy usage records, reads back what Stripe holds and what it dropped. The only package that
 * sees stripe-java; everything it throws or answers is in our own words and never holds the API key.
 */
@NullMarked
package io.tallymark.stripe;

import org.jspecify.annotations.NullMarked;
