/** Long proofs on real parts: any parallelism, any restart and any record give the same, exact answer. */
@NullMarked
package io.tallymark.proof;

import org.jspecify.annotations.NullMarked;
