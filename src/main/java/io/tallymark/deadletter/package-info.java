/** Keeps what cannot be counted, with reason and origin, in the dead-letter topic. */
@NullMarked
package io.tallymark.deadletter;

import org.jspecify.annotations.NullMarked;
