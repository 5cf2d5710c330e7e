package io.tallymark.usage;

/** A value that never prints itself. Not serializable on purpose: it lives only in the process that resolved it. */
public final class Secret {
    private final String value;

    public Secret(String value) {
        this.value = value;
    }

    /** The secret itself: hand it to the client that needs it and to nothing else. */
    public String reveal() {
        return value;
    }

    @Override
    public String toString() {
        return "[secret]";
    }
}
