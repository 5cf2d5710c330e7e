package io.tallymark.dedup;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is remembered of one identity, wherever it lies. {@link CountOnce} decides with it and changes it. */
interface IdMemory {
    /** What is known of the identity; null when nothing is. */
    @Nullable
    SeenId seen() throws Exception;

    void remember(SeenId next) throws Exception;

    boolean hasIdleVoid(long check) throws Exception;

    void addIdleVoid(long check, WaitingVoid idle) throws Exception;

    /** By content: the voids that wait for their event, or once it has come, those that it did not match. */
    Map<Long, WaitingVoid> idleVoids() throws Exception;

    void clearIdleVoids() throws Exception;
}
