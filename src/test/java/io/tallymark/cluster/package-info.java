/** The job jar on a real cluster: JobManager, TaskManager and the flink command as processes of their own. */
@NullMarked
package io.tallymark.cluster;

import org.jspecify.annotations.NullMarked;
