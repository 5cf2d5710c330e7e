/** Whether monitoring/ is true: its rules fire, its metrics exist, its words agree. */
@NullMarked
package io.tallymark.monitoring;

import org.jspecify.annotations.NullMarked;
