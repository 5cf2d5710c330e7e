package io.tallymark.bench;

import java.time.Duration;

/**
 * What every contender gets alike.
 *
 * @param heapMebibytes of the run's process
 * @param managedMebibytes of memory that RocksDB gets on top
 * @param checkpointInterval from one checkpoint to the next
 * @param earlyResults within this time Tallymark has a changed hour in the table; the others know no such thing
 */
record RunSize(int heapMebibytes, int managedMebibytes, Duration checkpointInterval, Duration earlyResults) {}
