package io.tallymark.report;

import io.tallymark.database.Sql;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * That the hours of a customer and meter are billed for good up to an instant.
 *
 * @param from the hours that begin before it are not, for nobody sold them; absent: all before {@code before} are
 * @param before the hours that begin before it are
 * @param late what becomes of usage that comes later
 * @param to hour with which it is billed; absent when it is dropped
 * @param cause such as {@code invoice in_… finalized}
 */
public record Seal(
        @Nullable Instant from,
        Instant before,
        Late late,
        @Nullable Instant to,
        String cause) {
    public Seal {
        if ((late == Late.DROP) != (to == null)) {
            throw new IllegalArgumentException("late usage is dropped, or else has an hour: " + late + ", " + to);
        }
    }

    /** Of all hours before an instant. */
    public Seal(Instant before, Late late, @Nullable Instant to, String cause) {
        this(null, before, late, to, cause);
    }

    /** What becomes of usage that comes after its hour was billed. */
    public enum Late {
        /** Billed with the first hour of the open period. */
        CARRY,
        /** Waits for a person. */
        HOLD,
        /** Written off, visibly: nothing bills the customer any more. */
        DROP;

        String sqlName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    Instant carryTo() {
        return Optional.ofNullable(to).orElseThrow();
    }

    /** From the columns of {@code billing_seal}; null when they are, for the hour is not sealed. */
    static @Nullable Seal read(ResultSet row) throws SQLException {
        return Sql.instantOrNull(row, "sealed_before") == null ? null : of(row);
    }

    static Seal of(ResultSet row) throws SQLException {
        return new Seal(
                Sql.instantOrNull(row, "sealed_from"),
                Sql.instant(row, "sealed_before"),
                Late.valueOf(row.getString("late").toUpperCase(Locale.ROOT)),
                Sql.instantOrNull(row, "carry_to"),
                row.getString("cause"));
    }
}
