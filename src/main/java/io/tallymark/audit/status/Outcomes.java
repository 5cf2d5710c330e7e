package io.tallymark.audit.status;

import java.sql.ResultSet;
import java.sql.SQLException;

/** The columns of the balance sheet, in records. */
public record Outcomes(
        long read,
        long counted,
        long withdrawn,
        long duplicate,
        long conflict,
        long voidWaiting,
        long ignored,
        long uncovered,
        long deadLettered) {
    static final Outcomes NONE = new Outcomes(0, 0, 0, 0, 0, 0, 0, 0, 0);

    static Outcomes of(ResultSet row) throws SQLException {
        return new Outcomes(
                row.getLong("read"),
                row.getLong("counted"),
                row.getLong("withdrawn"),
                row.getLong("duplicate"),
                row.getLong("conflict"),
                row.getLong("void_waiting"),
                row.getLong("ignored"),
                row.getLong("uncovered"),
                row.getLong("dead_lettered"));
    }

    /** Everything that became of records; equal to {@link #read} when it adds up. */
    public long settled() {
        return counted + withdrawn + duplicate + conflict + voidWaiting + ignored + uncovered + deadLettered;
    }

    Outcomes plus(Outcomes other) {
        return new Outcomes(
                read + other.read,
                counted + other.counted,
                withdrawn + other.withdrawn,
                duplicate + other.duplicate,
                conflict + other.conflict,
                voidWaiting + other.voidWaiting,
                ignored + other.ignored,
                uncovered + other.uncovered,
                deadLettered + other.deadLettered);
    }
}
