package io.tallymark.preview;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A part of a period in which one price bills a metric. Hours belong to it that begin in it.
 *
 * @param priceId null: Stripe shows nothing of it, so its price is unknown
 * @param from inside
 * @param to outside
 * @param ended whether a change of price ended it: then its hours are sealed, and what comes of them later goes to the next stretch
 */
record Stretch(String metric, @Nullable String priceId, Instant from, Instant to, boolean ended) {}
