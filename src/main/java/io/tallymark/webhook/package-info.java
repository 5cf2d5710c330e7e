/**
 * The webhook: takes Stripe's events over HTTP, each that is genuine once, and answers what the handler said. Knows nothing of what an
 * event means.
 */
@NullMarked
package io.tallymark.webhook;

import org.jspecify.annotations.NullMarked;
