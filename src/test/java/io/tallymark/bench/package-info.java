/** {@code ./tallymark bench}: Tallymark against reading alone, parsing alone and the same totals in Flink SQL, each in a process of its own. */
@NullMarked
package io.tallymark.bench;

import org.jspecify.annotations.NullMarked;
