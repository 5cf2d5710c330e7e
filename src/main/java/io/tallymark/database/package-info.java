/** JDBC for the stages that work on the tables themselves: a pool that nothing waits in without a bound, and what to do while it is away. */
@NullMarked
package io.tallymark.database;

import org.jspecify.annotations.NullMarked;
