/** {@code tallymark status}: the balance sheet, whether it adds up to the offsets consumed, and whether anything moves. */
@NullMarked
package io.tallymark.audit.status;

import org.jspecify.annotations.NullMarked;
