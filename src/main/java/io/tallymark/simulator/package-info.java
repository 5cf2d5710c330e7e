/**
 * A stateful stand-in for Stripe's meters, as strict as Stripe: demo, {@code up} and tests drive it with the real stripe-java. It
 * keeps what it was told in memory, listens on this machine only and follows a clock that may be moved.
 */
@NullMarked
package io.tallymark.simulator;

import org.jspecify.annotations.NullMarked;
