/** Lets each event pass once, by its identity, for as long as it could still be accepted. */
@NullMarked
package io.tallymark.dedup;

import org.jspecify.annotations.NullMarked;
