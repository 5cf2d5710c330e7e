package io.tallymark.simulator.call;

import java.util.List;

/**
 * Which calls may meet a fault.
 *
 * @param prefixes of the path; empty: any path
 * @param writesOnly whether reads pass
 */
record FaultFilter(List<String> prefixes, boolean writesOnly) {
    static final FaultFilter ALL = new FaultFilter(List.of(), false);

    FaultFilter withPaths(List<String> only) {
        return new FaultFilter(only, writesOnly);
    }

    FaultFilter withWritesOnly() {
        return new FaultFilter(prefixes, true);
    }

    boolean matches(String method, String path) {
        return !(writesOnly && method.equals("GET"))
                && (prefixes.isEmpty() || prefixes.stream().anyMatch(path::startsWith));
    }
}
