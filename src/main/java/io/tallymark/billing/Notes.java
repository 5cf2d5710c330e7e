package io.tallymark.billing;

import java.util.function.Consumer;

/** What a sync tells a person, line by line, and how much of it there was. */
final class Notes {
    private final Consumer<String> out;
    private long changes;
    private long flags;

    Notes(Consumer<String> out) {
        this.out = out;
    }

    /** Something that reporting uses is another one now. */
    void changed(String text) {
        changes++;
        out.accept("changed  " + text);
    }

    /** Something that was left alone, since only a person can tell. */
    void flag(String text) {
        flags++;
        out.accept("flag     " + text);
    }

    long changes() {
        return changes;
    }

    long flags() {
        return flags;
    }
}
