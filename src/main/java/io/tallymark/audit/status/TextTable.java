package io.tallymark.audit.status;

import java.util.ArrayList;
import java.util.List;

/** Columns under their headings, as wide as their widest entry: text to the left, numbers to the right. */
public final class TextTable {
    private static final String GAP = "  ";

    private final List<List<String>> rows = new ArrayList<>();
    private final int textColumns;

    /** @param textColumns how many columns from the left hold text */
    public TextTable(int textColumns, String... headings) {
        this.textColumns = textColumns;
        rows.add(List.of(headings));
    }

    public TextTable row(List<String> cells) {
        rows.add(cells);
        return this;
    }

    /** One line for each row, headings first. */
    public List<String> lines() {
        int[] widths = new int[rows.get(0).size()];
        rows.forEach(row -> {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        });
        return rows.stream().map(row -> line(row, widths)).toList();
    }

    private String line(List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String padding = " ".repeat(widths[i] - row.get(i).length());
            line.append(i == 0 ? "" : GAP).append(i < textColumns ? row.get(i) + padding : padding + row.get(i));
        }
        return line.toString().stripTrailing();
    }
}
