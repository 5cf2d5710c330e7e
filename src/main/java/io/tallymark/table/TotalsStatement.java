package io.tallymark.table;

import io.tallymark.usage.HourlyTotal;
import java.io.Serializable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Writes totals of different rows by one statement, all or none of them. May be repeated. */
interface TotalsStatement extends Serializable {
    void write(Connection connection, List<HourlyTotal> rows) throws SQLException;
}
