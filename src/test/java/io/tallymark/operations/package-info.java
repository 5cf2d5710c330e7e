/** docs/operations.md, run as it stands. */
@NullMarked
package io.tallymark.operations;

import org.jspecify.annotations.NullMarked;
