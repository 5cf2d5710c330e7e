package io.tallymark.proof;

/** What befalls a run between two rounds of usage. */
enum Disturbance {
    NONE,
    /** A machine is lost; Flink recovers by itself. */
    TASK_MANAGER_LOST,
    /** Every connection to the database breaks. */
    CONNECTIONS_CUT,
    /** Cancelled and started again from its newest checkpoint. */
    CHECKPOINT,
    /** Stopped with a savepoint and started again from it. */
    SAVEPOINT,
    /** Started again from a savepoint of several rounds ago: it reads and writes again what was written since. */
    OLD_SAVEPOINT,
    /** Started again without any state: it reads the whole topic. */
    NO_STATE,
    /** Down for longer than Stripe remembers an identifier. */
    LONG_DOWN,
    /** Stripe is out of order until the next round. */
    OUTAGE
}
