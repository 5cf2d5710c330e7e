/** The real parts (Kafka, Postgres, Flink) in one process, on the loopback interface only: for demo, up and the tests. */
@NullMarked
package io.tallymark.embedded;

import org.jspecify.annotations.NullMarked;
