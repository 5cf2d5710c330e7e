/** The way of a call through the simulator: from HTTP to an endpoint and back, with keys, limits and scripted faults between. */
@NullMarked
package io.tallymark.simulator.call;

import org.jspecify.annotations.NullMarked;
