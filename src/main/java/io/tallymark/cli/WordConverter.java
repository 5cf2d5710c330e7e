package io.tallymark.cli;

import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads one of a few words as they are written on the command line, such as {@code period-end}. */
abstract class WordConverter<T> implements ITypeConverter<T> {
    private final List<T> values;

    WordConverter(T[] values) {
        this.values = List.of(values);
    }

    @Override
    public T convert(String text) {
        return values.stream()
                .filter(value -> value.toString().equals(text))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException("'" + text + "' is none of "
                        + String.join(
                                ", ",
                                Arrays.stream(values.toArray())
                                        .map(Object::toString)
                                        .toList())));
    }
}
