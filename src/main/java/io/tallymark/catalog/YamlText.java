package io.tallymark.catalog;

import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;

/** The text of a catalog.yaml, line by line, with comments, which a YAML library would not write. */
final class YamlText {
    private final StringBuilder text = new StringBuilder();

    void line(String line) {
        text.append(line).append('\n');
    }

    void top(String name, String value) {
        line(name + ": " + quoted(value));
    }

    /** Begins an entry of a list. */
    void first(String name, String value) {
        line("  - " + name + ": " + quoted(value));
    }

    /** Nothing for an empty text. */
    void field(String name, String value) {
        if (!value.isEmpty()) {
            plain(name, quoted(value));
        }
    }

    void field(String name, String value, String comment) {
        plain(name, quoted(value) + (comment.isEmpty() ? "" : "  # " + comment));
    }

    void list(String name, List<String> values) {
        plain(
                name,
                "[" + String.join(", ", values.stream().map(YamlText::quoted).toList()) + "]");
    }

    /** As it is. */
    void plain(String name, String value) {
        line("    " + name + ":" + (value.isEmpty() ? "" : " ") + value);
    }

    /** JSON's quotes are YAML's. */
    private static String quoted(String value) {
        return value.matches("(?!(?i:null)$)[A-Za-z][A-Za-z0-9_.-]*")
                ? value
                : TextNode.valueOf(value).toString();
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
