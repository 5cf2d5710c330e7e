package io.tallymark.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.time.LocalDate;
import java.util.HexFormat;

/** Writes events as structured CloudEvents of 220 bytes each. Not for several threads. */
final class EventBytes {
    static final int LENGTH = 220;

    private static final String TEMPLATE = """
            {"specversion":"1.0","id":"IIIIIIII-IIII-IIII-IIII-IIIIIIIIIIII","source":"/gateway/eu-west",\
            "type":"llm.completion","subject":"customer-CCCCCC","time":"YYYY-MM-DDThh:mm:ss.SSSZ",\
            "data":{"model":"MMMMM","tokens":KKKKKK}}""";
    private static final int ID = TEMPLATE.indexOf("IIIIIIII-");
    private static final int CUSTOMER = TEMPLATE.indexOf("CCCCCC");
    private static final int DAY = TEMPLATE.indexOf("YYYY-MM-DD");
    private static final int HOUR = TEMPLATE.indexOf("hh:mm");
    private static final int MODEL = TEMPLATE.indexOf("MMMMM");
    private static final int TOKENS = TEMPLATE.indexOf("KKKKKK");
    private static final int[] ID_GROUPS = {8, 4, 4, 4, 12};
    private static final int DAY_MILLIS = 86_400_000;
    private static final HexFormat HEX = HexFormat.of();

    private final byte[] template = TEMPLATE.getBytes(US_ASCII);
    private long dayShown = Long.MIN_VALUE;
    private byte[] day = {};

    byte[] of(LoadEvent event) {
        byte[] bytes = template.clone();
        putId(bytes, event);
        putNumber(bytes, CUSTOMER, LoadEvent.CUSTOMER_DIGITS, event.customer());
        putTime(bytes, event.timeMillis());
        put(bytes, MODEL, LoadEvent.MODELS.get(event.model()).getBytes(US_ASCII));
        putNumber(bytes, TOKENS, 6, event.tokens());
        return bytes;
    }

    private static void putId(byte[] bytes, LoadEvent event) {
        String digits = HEX.toHexDigits(event.idHigh()) + HEX.toHexDigits(event.idLow());
        int from = 0;
        int to = ID;
        for (int group : ID_GROUPS) {
            for (int i = 0; i < group; i++) {
                bytes[to++] = (byte) digits.charAt(from++);
            }
            to++;
        }
    }

    private void putTime(byte[] bytes, long timeMillis) {
        long epochDay = Math.floorDiv(timeMillis, DAY_MILLIS);
        if (epochDay != dayShown) {
            day = LocalDate.ofEpochDay(epochDay).toString().getBytes(US_ASCII);
            dayShown = epochDay;
        }
        put(bytes, DAY, day);
        int millis = (int) Math.floorMod(timeMillis, (long) DAY_MILLIS);
        putNumber(bytes, HOUR, 2, millis / 3_600_000);
        putNumber(bytes, HOUR + 3, 2, millis / 60_000 % 60);
        putNumber(bytes, HOUR + 6, 2, millis / 1_000 % 60);
        putNumber(bytes, HOUR + 9, 3, millis % 1_000);
    }

    private static void put(byte[] bytes, int at, byte[] text) {
        System.arraycopy(text, 0, bytes, at, text.length);
    }

    private static void putNumber(byte[] bytes, int at, int digits, int number) {
        int rest = number;
        for (int i = at + digits - 1; i >= at; i--) {
            bytes[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }
}
