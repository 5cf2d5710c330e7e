package io.tallymark.simulator.call;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Objects by id, in order of creation. Thread safe; a caller that reads and then writes locks the shelf. */
public final class Shelf<T> {
    private final Map<String, T> byId = new LinkedHashMap<>();

    public synchronized void put(String id, T object) {
        byId.put(id, object);
    }

    public synchronized void remove(String id) {
        byId.remove(id);
    }

    public synchronized Optional<T> find(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    /** As Stripe lists: newest first. */
    public synchronized List<T> newestFirst() {
        List<T> all = new ArrayList<>(byId.values());
        Collections.reverse(all);
        return all;
    }
}
