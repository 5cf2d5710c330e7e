/** Seeded usage traffic and, made together with it, the truth: what an exact system must count from it. */
@NullMarked
package io.tallymark.embedded.traffic;

import org.jspecify.annotations.NullMarked;
