/**
 * The shared words: what a usage event, an hour, a total and a report are. Plain Java that imports nothing else of ours, so every
 * stage can speak it without knowing another stage.
 */
@NullMarked
package io.tallymark.usage;

import org.jspecify.annotations.NullMarked;
