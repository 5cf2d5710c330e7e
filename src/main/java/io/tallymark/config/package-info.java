/** Turns {@code tallymark.yaml} into the settings records of the stages; every problem is reported, all together. */
@NullMarked
package io.tallymark.config;

import org.jspecify.annotations.NullMarked;
