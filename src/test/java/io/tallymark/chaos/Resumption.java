package io.tallymark.chaos;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a new JobManager is given: the newest state that was kept. One from which it did not come up several times may be unreadable,
 * such as one whose writer was killed in the middle of it; then the one before is taken.
 */
final class Resumption {
    private static final int MOST_TRIES = 4;

    private final KeptState kept;
    private final Map<Path, Integer> tries = new HashMap<>();

    Resumption(KeptState kept) {
        this.kept = kept;
    }

    /** Empty before the first checkpoint. */
    Optional<Path> next() throws IOException {
        List<Path> states = kept.newestFirst();
        for (Path state : states) {
            if (tries.merge(state, 1, Integer::sum) <= MOST_TRIES) {
                return Optional.of(state);
            }
        }
        // None of them worked so far, so it is not the states.
        tries.clear();
        return states.stream().findFirst();
    }
}
