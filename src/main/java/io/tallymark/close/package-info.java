/**
 * From a draft invoice to a final one: whether everything of its period is counted, told, confirmed and on its lines; who let it go; and
 * what becomes of usage that comes later. Runs in the launcher, not in the job.
 */
@NullMarked
package io.tallymark.close;

import org.jspecify.annotations.NullMarked;
