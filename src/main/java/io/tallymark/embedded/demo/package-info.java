/** A simulated day through the real parts, watched live and proven at the end: generator's truth = table = Stripe. */
@NullMarked
package io.tallymark.embedded.demo;

import org.jspecify.annotations.NullMarked;
