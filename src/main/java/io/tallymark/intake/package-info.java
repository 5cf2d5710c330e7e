/** The balance sheet: adds up what became of every record, and hands it on in step with checkpoints, so that every row adds up. */
@NullMarked
package io.tallymark.intake;

import org.jspecify.annotations.NullMarked;
