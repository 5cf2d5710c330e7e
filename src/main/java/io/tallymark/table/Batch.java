package io.tallymark.table;

import java.util.ArrayList;
import java.util.List;

/** Rows that are written together. */
interface Batch<T> {
    void add(T row);

    int size();

    /** What is to be written, in the order in which it is to be written. */
    List<T> rows();

    default boolean isEmpty() {
        return size() == 0;
    }

    /** Every row as it came, for a statement that may write a row twice. */
    static <T> Batch<T> asTheyCame() {
        return new Batch<>() {
            private final List<T> rows = new ArrayList<>();

            @Override
            public void add(T row) {
                rows.add(row);
            }

            @Override
            public int size() {
                return rows.size();
            }

            @Override
            public List<T> rows() {
                return rows;
            }
        };
    }
}
