package io.tallymark.billing;

import io.tallymark.usage.UserError;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Remembers what it was asked. Settling takes a while; a call can be made to fail. */
final class FakeGate implements UsageGate {
    private final BillingRig rig;
    final List<String> calls = new ArrayList<>();
    /** As the table has them: each once. */
    final Set<String> seals = new LinkedHashSet<>();

    Duration settling = Duration.ofMinutes(3);
    boolean patient = true;
    Step whileSettling = () -> {};
    private int sealsUntilOneFails = Integer.MAX_VALUE;
    private int carriesUntilOneFails = Integer.MAX_VALUE;

    /** What others do meanwhile. */
    @FunctionalInterface
    interface Step {
        void run() throws SQLException;
    }

    FakeGate(BillingRig rig) {
        this.rig = rig;
    }

    @Override
    public void settle(String customerId, Set<String> metrics, Instant before) throws SQLException {
        calls.add("settle " + customerId + " " + new TreeSet<>(metrics) + " before " + before);
        if (!patient) {
            throw new UserError("not settled", "wait");
        }
        whileSettling.run();
        rig.now(rig.now().plus(settling));
    }

    @Override
    public void suspend(String customerId, Set<String> metrics, Instant at, Instant carryTo, String cause) {
        calls.add("suspend " + customerId + " " + new TreeSet<>(metrics) + " at " + at);
    }

    @Override
    public void seal(String customerId, Set<String> metrics, Instant at, Optional<Instant> carryTo, String cause) {
        if (sealsUntilOneFails-- == 0) {
            throw new UserError("cannot seal", "try again");
        }
        String seal = customerId + " " + new TreeSet<>(metrics) + " at " + at + " carried to "
                + carryTo.map(Instant::toString).orElse("nothing");
        calls.add("seal " + seal);
        seals.add(seal);
    }

    @Override
    public void carryBelowZero(
            String customerId, String metric, Instant from, Instant at, Instant carryTo, String cause) {
        if (carriesUntilOneFails-- == 0) {
            throw new UserError("cannot carry", "try again");
        }
        calls.add("carry " + customerId + " " + metric + " from " + from + " before " + at + " to " + carryTo);
    }

    @Override
    public void sealHour(
            String customerId, Set<String> metrics, Instant hour, Instant at, Instant carryTo, String cause) {
        String seal =
                customerId + " " + new TreeSet<>(metrics) + " of " + hour + " until " + at + " carried to " + carryTo;
        calls.add("seal " + seal);
        seals.add(seal);
    }

    /** The carry after so many more fails once. */
    void failCarryAfter(int carries) {
        carriesUntilOneFails = carries;
    }

    /** The seal after so many more fails once. */
    void failAfter(int seals) {
        sealsUntilOneFails = seals;
    }
}
