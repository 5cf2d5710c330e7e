package io.tallymark.usage;

/** A mistake the user can mend: shown as one line with its remedy and exit code 2, never as a stack trace. */
public final class UserError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String remedy;

    public UserError(String problem, String remedy) {
        super(problem);
        this.remedy = remedy;
    }

    public UserError(String problem, String remedy, Throwable cause) {
        super(problem, cause);
        this.remedy = remedy;
    }

    /** What to do about it, in the imperative. */
    public String remedy() {
        return remedy;
    }
}
