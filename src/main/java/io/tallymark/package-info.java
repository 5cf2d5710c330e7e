/** The job's entry point. */
@NullMarked
package io.tallymark;

import org.jspecify.annotations.NullMarked;
