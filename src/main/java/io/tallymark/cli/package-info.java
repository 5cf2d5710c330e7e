/** The launcher's commands: they read flags, call the part that does the work, and print. */
@NullMarked
package io.tallymark.cli;

import org.jspecify.annotations.NullMarked;
