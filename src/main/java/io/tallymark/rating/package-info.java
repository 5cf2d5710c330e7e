/**
 * What a period's usage costs by a price: exact decimals, the lines and the rounding of Stripe's invoices. Pure: knows nothing of Flink,
 * databases or HTTP.
 */
@NullMarked
package io.tallymark.rating;

import org.jspecify.annotations.NullMarked;
