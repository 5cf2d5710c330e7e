/** Calls that are made beside a Flink task, in threads of their own. */
@NullMarked
package io.tallymark.async;

import org.jspecify.annotations.NullMarked;
