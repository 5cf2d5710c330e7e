/** The account's customers. */
@NullMarked
package io.tallymark.simulator.customers;

import org.jspecify.annotations.NullMarked;
