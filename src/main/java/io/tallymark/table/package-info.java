/** Writes the hour's totals into {@code usage_hourly}, the source of truth, and owns its schema. */
@NullMarked
package io.tallymark.table;

import org.jspecify.annotations.NullMarked;
