package io.tallymark.billing;

import java.sql.SQLException;
import java.time.Instant;

/** Lets time pass, by the database's clock. */
@FunctionalInterface
public interface Pause {
    /** Returns once that instant has come. */
    void until(Instant when) throws SQLException;
}
