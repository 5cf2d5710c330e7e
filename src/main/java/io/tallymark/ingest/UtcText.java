package io.tallymark.ingest;

/**
 * Reads the ordinary form of a timestamp, {@code 2026-03-01T11:59:30.125Z}, without garbage. Every other one, right or wrong, is for
 * {@link java.time.OffsetDateTime}.
 */
final class UtcText {
    /** No time that is read here: years have four digits. */
    static final long UNUSUAL = Long.MIN_VALUE;

    private static final int WHOLE_SECONDS = "2026-03-01T11:59:30".length();
    private static final int MILLI_DIGITS = 3;
    private static final int NANO_DIGITS = 9;
    private static final int[] DAYS = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    /** From 0000-03-01 to 1970-01-01. */
    private static final int EPOCH_DAY = 719_468;

    private static final int DAYS_OF_400_YEARS = 146_097;

    private UtcText() {}

    /** Milliseconds since the epoch, with what is finer cut off; {@link #UNUSUAL} when the text has another form. */
    static long millis(String text) {
        if (text.length() <= WHOLE_SECONDS || !hasForm(text)) {
            return UNUSUAL;
        }
        int year = number(text, 0, 4);
        int month = number(text, 5, 7);
        int day = number(text, 8, 10);
        int hour = number(text, 11, 13);
        int minute = number(text, 14, 16);
        int second = number(text, 17, WHOLE_SECONDS);
        int milli = milli(text);
        boolean isDate = year >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month);
        boolean isTime = hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60;
        if (!isDate || !isTime || milli < 0) {
            return UNUSUAL;
        }
        long minutes = (epochDay(year, month, day) * 24 + hour) * 60 + minute;
        return (minutes * 60 + second) * 1_000 + milli;
    }

    private static boolean hasForm(String text) {
        return text.charAt(4) == '-'
                && text.charAt(7) == '-'
                && text.charAt(10) == 'T'
                && text.charAt(13) == ':'
                && text.charAt(16) == ':'
                && text.charAt(text.length() - 1) == 'Z';
    }

    /** -1: not digits alone. */
    private static int number(String text, int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            number = number * 10 + digit;
        }
        return number;
    }

    private static int milli(String text) {
        int end = text.length() - 1;
        if (end == WHOLE_SECONDS) {
            return 0;
        }
        int digits = end - WHOLE_SECONDS - 1;
        if (text.charAt(WHOLE_SECONDS) != '.' || digits < 1 || digits > NANO_DIGITS) {
            return -1;
        }
        int fraction = number(text, WHOLE_SECONDS + 1, end);
        for (int i = digits; fraction >= 0 && i < MILLI_DIGITS; i++) {
            fraction *= 10;
        }
        for (int i = digits; i > MILLI_DIGITS; i--) {
            fraction = fraction < 0 ? fraction : fraction / 10;
        }
        return fraction;
    }

    private static int daysOf(int year, int month) {
        boolean isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        return month == 2 && isLeap ? 29 : DAYS[month - 1];
    }

    /** By years that begin in March, so that a leap day is the last one. */
    private static long epochDay(int year, int month, int day) {
        int marchYear = month > 2 ? year : year - 1;
        int era = Math.floorDiv(marchYear, 400);
        int yearOfEra = marchYear - era * 400;
        int dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
        int dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
        return (long) era * DAYS_OF_400_YEARS + dayOfEra - EPOCH_DAY;
    }
}
