package io.tallymark.audit;

import java.io.PrintStream;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Counts differences and keeps the first of them to show. */
final class ReplayFindings implements ReplayComparison.Findings {
    private static final int SHOWN = 20;

    private final List<String> shownDifferences = new ArrayList<>();
    private final List<String> shownMoved = new ArrayList<>();
    private long differences;
    private long moved;

    /** Does something with a difference. */
    interface Step {
        void take(ReplayDifference difference) throws SQLException;
    }

    @Override
    public void differs(ReplayDifference difference) {
        differences++;
        keep(shownDifferences, difference);
    }

    @Override
    public void moved(ReplayDifference difference) {
        moved++;
        keep(shownMoved, difference);
    }

    /** The same, and a further step for each difference. */
    ReplayComparison.Findings andEach(Step step) {
        return new ReplayComparison.Findings() {
            @Override
            public void differs(ReplayDifference difference) throws SQLException {
                ReplayFindings.this.differs(difference);
                step.take(difference);
            }

            @Override
            public void moved(ReplayDifference difference) {
                ReplayFindings.this.moved(difference);
            }
        };
    }

    long differences() {
        return differences;
    }

    void print(PrintStream out) {
        print(out, shownMoved, moved, "moved while the replay ran, not judged: ");
        print(out, shownDifferences, differences, "");
    }

    private static void keep(List<String> shown, ReplayDifference difference) {
        if (shown.size() < SHOWN) {
            shown.add(difference.line());
        }
    }

    private static void print(PrintStream out, List<String> shown, long count, String prefix) {
        shown.forEach(line -> out.println("  " + prefix + line));
        if (count > shown.size()) {
            out.println("  and " + (count - shown.size()) + " more");
        }
    }
}
