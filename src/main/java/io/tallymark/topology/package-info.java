/** Puts the stages together: the only place that sees two of them. */
@NullMarked
package io.tallymark.topology;

import org.jspecify.annotations.NullMarked;
