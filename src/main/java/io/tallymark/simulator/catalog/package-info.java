/** Products and prices. */
@NullMarked
package io.tallymark.simulator.catalog;

import org.jspecify.annotations.NullMarked;
