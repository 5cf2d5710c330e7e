package io.tallymark.embedded;

import org.apache.kafka.common.utils.Exit;

/**
 * A broker that meets a fatal fault ends its process. Here the process is ours, so the fault surfaces as an exception in the broker's
 * thread instead.
 */
final class KafkaExit {
    private KafkaExit() {}

    /** Never undone: a broker's late thread must not end the process after its broker is closed. */
    static void leaveProcessAlone() {
        Exit.setExitProcedure(KafkaExit::refuse);
        Exit.setHaltProcedure(KafkaExit::refuse);
    }

    private static void refuse(int status, String message) {
        throw new IllegalStateException("the embedded Kafka broker wanted to end the process, status " + status + ": "
                + (message == null ? "no message" : message));
    }
}
