package io.tallymark.stripe;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.regex.Pattern;

/** Makes other people's text fit to be stored and shown: no API key, masked or whole, one line, bounded. */
final class Redaction {
    /** Without a letter in front unless its kind follows: task_name is no key. */
    private static final Pattern KEY = Pattern.compile("(\\b(sk|rk|pk|whsec)_|(sk|rk|pk)_(test|live)_)[\\w*.…-]+");

    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}+");
    private static final int MOST_CHARACTERS = 500;

    private Redaction() {}

    /** Whether neither it nor what caused it would print a key. */
    static boolean isSafe(Throwable thrown) {
        StringWriter trace = new StringWriter();
        thrown.printStackTrace(new PrintWriter(trace));
        return !KEY.matcher(trace.toString()).find();
    }

    static String clean(String text) {
        String safe = KEY.matcher(CONTROL.matcher(text).replaceAll(" ")).replaceAll("[key]");
        return safe.length() <= MOST_CHARACTERS ? safe : safe.substring(0, MOST_CHARACTERS - 1) + "…";
    }
}
