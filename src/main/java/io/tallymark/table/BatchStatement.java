package io.tallymark.table;

import java.io.Serializable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Writes rows of one batch. May be repeated, also when some of them were written. */
interface BatchStatement<T> extends Serializable {
    void write(Connection connection, List<T> rows) throws SQLException;
}
