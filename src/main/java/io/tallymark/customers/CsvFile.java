package io.tallymark.customers;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import io.tallymark.usage.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/** A CSV file with a header, read whole; each row knows its line. */
final class CsvFile {
    private static final CsvMapper CSV = CsvMapper.builder()
            .enable(CsvParser.Feature.WRAP_AS_ARRAY, CsvParser.Feature.TRIM_SPACES, CsvParser.Feature.SKIP_EMPTY_LINES)
            .build();
    /** As long as the subject of an event may be. */
    private static final int MOST_CHARS = 255;

    private static final int MOST_ROWS = 1_000_000;

    private final List<Row> rows = new ArrayList<>();
    private final List<Problem> problems = new ArrayList<>();
    private List<String> columns = List.of();

    private CsvFile() {}

    /** The values of a row by column; what is not there is empty. */
    record Row(long line, Map<String, String> values) {
        String value(String column) {
            return values.getOrDefault(column, "");
        }
    }

    /**
     * Reads a file.
     *
     * @throws UserError when it cannot be read or its header is wrong
     */
    static CsvFile read(Path path, List<String> required, List<String> optional) {
        CsvFile file = new CsvFile();
        try (InputStream in = Files.newInputStream(path);
                MappingIterator<String[]> lines = CSV.readerFor(String[].class).readValues(in)) {
            file.take(lines, required, optional);
        } catch (JacksonException e) {
            throw new UserError(
                    path + " is no CSV: " + e.getOriginalMessage(), "mend the quotes, and save it as text in UTF-8", e);
        } catch (NoSuchFileException e) {
            throw new UserError("there is no file " + path, "name a file that is there", e);
        } catch (IOException e) {
            throw new UserError("cannot read " + path + ": " + e.getMessage(), "name a readable file", e);
        }
        return file;
    }

    List<Row> rows() {
        return rows;
    }

    /** Rows that do not fit the header. */
    List<Problem> problems() {
        return problems;
    }

    boolean has(String column) {
        return columns.contains(column);
    }

    private void take(MappingIterator<String[]> lines, List<String> required, List<String> optional)
            throws IOException {
        while (lines.hasNextValue()) {
            long line = lines.getParser().currentLocation().getLineNr();
            String[] values = lines.nextValue();
            if (columns.isEmpty()) {
                header(values, required, optional);
            } else if (values.length != columns.size()) {
                problems.add(new Problem(line, values.length + " values, but the header names " + columns.size()));
            } else if (Arrays.stream(values).anyMatch(CsvFile::isNoKey)) {
                problems.add(new Problem(line, "a value is longer than " + MOST_CHARS + " characters, or holds a NUL"));
            } else {
                rows.add(row(line, values));
            }
            if (rows.size() > MOST_ROWS) {
                throw new UserError("the file has more than " + MOST_ROWS + " rows", "import it in parts");
            }
        }
        if (columns.isEmpty()) {
            throw new UserError("the file is empty", "begin it with the header " + String.join(",", required));
        }
    }

    private void header(String[] values, List<String> required, List<String> optional) {
        columns = List.of(values);
        List<String> known = new ArrayList<>(required);
        known.addAll(optional);
        boolean fits = known.containsAll(columns)
                && columns.containsAll(required)
                && new HashSet<>(columns).size() == columns.size();
        if (!fits) {
            throw new UserError(
                    "the header is " + String.join(",", columns),
                    "make the first line " + String.join(",", required)
                            + (optional.isEmpty()
                                    ? ""
                                    : ", and after it, as you need them, " + String.join(", ", optional)));
        }
    }

    private static boolean isNoKey(String value) {
        return value.length() > MOST_CHARS || value.indexOf('\0') >= 0;
    }

    private Row row(long line, String[] values) {
        Map<String, String> byColumn = new HashMap<>();
        for (int i = 0; i < values.length; i++) {
            byColumn.put(columns.get(i), values[i]);
        }
        return new Row(line, byColumn);
    }
}
