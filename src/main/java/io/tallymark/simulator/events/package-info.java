/** The account's events, and the webhook endpoints that they are delivered to. */
@NullMarked
package io.tallymark.simulator.events;

import org.jspecify.annotations.NullMarked;
