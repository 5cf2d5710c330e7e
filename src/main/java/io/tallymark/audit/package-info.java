/** What an operator asks afterwards: does it add up, what is behind a row, does a replay agree. Launcher only; sees every stage. */
@NullMarked
package io.tallymark.audit;

import org.jspecify.annotations.NullMarked;
