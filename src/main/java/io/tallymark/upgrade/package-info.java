/** What a new configuration would do to a job that runs, before it is done. Launcher only. */
@NullMarked
package io.tallymark.upgrade;

import org.jspecify.annotations.NullMarked;
