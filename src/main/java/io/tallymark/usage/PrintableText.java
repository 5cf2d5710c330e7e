package io.tallymark.usage;

/** Shows text that others wrote, so that it cannot drive the terminal: whatever is not plainly visible becomes its code point. */
public final class PrintableText {
    private PrintableText() {}

    /** The text on one line; control, format (such as right-to-left) and lone surrogate characters as <code>\\u{1b}</code>. */
    public static String of(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        text.codePoints().forEach(codePoint -> {
            if (isVisible(codePoint)) {
                shown.appendCodePoint(codePoint);
            } else {
                shown.append("\\u{").append(Integer.toHexString(codePoint)).append('}');
            }
        });
        return shown.toString();
    }

    private static boolean isVisible(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
