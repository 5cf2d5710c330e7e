/** A long run at a steady rate: every part a process of its own, and figures of each that must not creep up. */
@NullMarked
package io.tallymark.soak;

import org.jspecify.annotations.NullMarked;
