package io.tallymark.table;

import java.io.Serializable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/** One upsert for each row, sent together: for tables of few rows, where plain SQL is worth more than speed. */
record RowUpsert<T>(String sql, Binding<T> binding) implements BatchStatement<T> {
    /** Sets the parameters of a statement. */
    interface Binding<T> extends Serializable {
        void bind(PreparedStatement statement, T row) throws SQLException;
    }

    @Override
    public void write(Connection connection, List<T> rows) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (T row : rows) {
                binding.bind(statement, row);
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }
}
