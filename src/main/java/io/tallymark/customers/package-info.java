/** Who pays for whose usage: imports the mapping of subjects to Stripe customers and items from files, and lists it. Launcher only. */
@NullMarked
package io.tallymark.customers;

import org.jspecify.annotations.NullMarked;
