/** A stack on a clock of its own: a month end that does not have to be waited for. */
@NullMarked
package io.tallymark.embedded.rehearsal;

import org.jspecify.annotations.NullMarked;
