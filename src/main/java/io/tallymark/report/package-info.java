/**
 * Tells Stripe what the table says: claims due hours, announces each call in the database before it is made, calls, and records the
 * outcome with its posting. Keeps no state in Flink; its truth is in Postgres, so it may be killed at any step.
 */
@NullMarked
package io.tallymark.report;

import org.jspecify.annotations.NullMarked;
