/** Every part a process of its own, killed, frozen and cut off at seeded moments, while a model of the truth watches the far ends. */
@NullMarked
package io.tallymark.chaos;

import org.jspecify.annotations.NullMarked;
