/** Subscriptions and what is invoiced for them. */
@NullMarked
package io.tallymark.simulator.billing;

import org.jspecify.annotations.NullMarked;
