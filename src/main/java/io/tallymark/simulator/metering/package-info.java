/** Meters, what was sent to them, what became of it, and the usage records from before them. */
@NullMarked
package io.tallymark.simulator.metering;

import org.jspecify.annotations.NullMarked;
