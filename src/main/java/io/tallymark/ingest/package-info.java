/** From Kafka's bytes to accepted usage events, or rejections; everything decided here depends on the record alone. */
@NullMarked
package io.tallymark.ingest;

import org.jspecify.annotations.NullMarked;
