/** Adds counted events up in tumbling UTC hours and revises an hour when an accepted event comes late. */
@NullMarked
package io.tallymark.aggregate;

import org.jspecify.annotations.NullMarked;
