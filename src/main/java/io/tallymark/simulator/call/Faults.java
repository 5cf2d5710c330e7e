package io.tallymark.simulator.call;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * The faults that a simulator injects: a script for the next calls, then chance from a seed, then none; an outage comes before both.
 * All of it can be changed while the simulator runs. Thread safe.
 */
public final class Faults {
    static final Duration DEFAULT_HOLD = Duration.ofSeconds(3);

    private final Deque<Fault> script = new ArrayDeque<>();
    private final Map<Fault, Long> injected = new EnumMap<>(Fault.class);
    private FaultFilter filter = FaultFilter.ALL;
    private FaultChance chance = FaultChance.NEVER;
    private Duration latency = Duration.ZERO;
    private Duration hold = DEFAULT_HOLD;
    private Duration slowBody = DEFAULT_HOLD;
    private boolean outage;
    private boolean dropNext;

    public Faults() {}

    /** Appends to the script: each of the next matching calls gets one, in this order. */
    public synchronized Faults next(Fault... faults) {
        Collections.addAll(script, faults);
        return this;
    }

    /**
     * Gives every matching call without a scripted fault one of {@code which} with a probability of 0 to 1; 0 ends it.
     *
     * @throws IllegalArgumentException for another probability, or a probability without faults
     */
    public synchronized Faults chance(long seed, double probability, Fault... which) {
        chance = new FaultChance(new Random(seed), probability, List.of(which));
        return this;
    }

    /** While on, every API call, filtered or not, gets 503 or a dropped connection in turn, and nothing is applied. */
    public synchronized Faults outage(boolean on) {
        outage = on;
        return this;
    }

    /** Every API call takes at least so long; waiting calls hold no thread, but their customer and their Idempotency-Key. */
    public synchronized Faults latency(Duration atLeast) {
        latency = atLeast;
        return this;
    }

    /** How long a timeout keeps the connection open before it drops it; 3 s by default. */
    public synchronized Faults timeoutAfter(Duration held) {
        hold = held;
        return this;
    }

    /** How long the whole of a {@link Fault#SLOW_BODY} takes; 3 s by default. */
    public synchronized Faults slowBody(Duration whole) {
        slowBody = whole;
        return this;
    }

    /** Scripted and random faults meet only calls whose path starts with one of these; none given: any path. */
    public synchronized Faults onlyPaths(String... prefixes) {
        filter = filter.withPaths(List.of(prefixes));
        return this;
    }

    /** Scripted and random faults let reads pass. */
    public synchronized Faults onlyWrites() {
        filter = filter.withWritesOnly();
        return this;
    }

    /** Back to a simulator without faults, delays or filters; the counters stay. */
    public synchronized void clear() {
        script.clear();
        filter = FaultFilter.ALL;
        chance = FaultChance.NEVER;
        latency = Duration.ZERO;
        hold = DEFAULT_HOLD;
        slowBody = DEFAULT_HOLD;
        outage = false;
    }

    /** How many calls got this fault. */
    public synchronized long injected(Fault fault) {
        return injected.getOrDefault(fault, 0L);
    }

    /** How many calls got any fault. */
    public synchronized long injected() {
        return injected.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Scripted faults that no call has met yet. */
    public synchronized int waiting() {
        return script.size();
    }

    public synchronized Fault pick(String method, String path) {
        Fault fault = choose(method, path);
        if (fault != Fault.NONE) {
            injected.merge(fault, 1L, Long::sum);
        }
        return fault;
    }

    public synchronized Duration latency() {
        return latency;
    }

    public synchronized Duration hold() {
        return hold;
    }

    public synchronized Duration slowBody() {
        return slowBody;
    }

    public synchronized boolean outage() {
        return outage;
    }

    private Fault choose(String method, String path) {
        if (outage) {
            dropNext = !dropNext;
            return dropNext ? Fault.SERVICE_UNAVAILABLE : Fault.CONNECTION_DROP;
        }
        if (!filter.matches(method, path)) {
            return Fault.NONE;
        }
        return script.isEmpty() ? chance.draw() : script.removeFirst();
    }
}
