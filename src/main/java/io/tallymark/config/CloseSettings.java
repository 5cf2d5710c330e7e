package io.tallymark.config;

import java.time.Duration;
import java.util.Locale;

/**
 * How invoices are let go.
 *
 * @param hold what keeps a draft from being finalized while something is missing
 * @param deadline how long after its creation a draft may be held before somebody is told
 * @param atDeadline what happens then
 * @param late what becomes of usage that comes after its hour was billed
 * @param unsold whether usage that no item of the customer's subscriptions bills holds their invoices
 */
public record CloseSettings(Hold hold, Duration deadline, AtDeadline atDeadline, Late late, Unsold unsold) {
    /** Stripe finalizes a draft after three days, whatever {@code invoice.created} was answered: the rest is for looking. */
    public static final Duration LONGEST_DEADLINE = Duration.ofHours(70);

    public static final CloseSettings DEFAULTS = new CloseSettings(
            Hold.AUTO_ADVANCE, Duration.ofHours(24), AtDeadline.KEEP_HOLDING, Late.CARRY_FORWARD, Unsold.HOLD);

    /** What keeps a draft from being finalized. */
    public enum Hold {
        /** The answer to {@code invoice.created}: Stripe waits for 2xx, at most 72 hours. */
        RESPOND,
        /** {@code auto_advance=false}: until somebody finalizes it. */
        AUTO_ADVANCE,
        /** Nothing: what is missing is said only. */
        OFF;

        public String configName() {
            return kebab(this);
        }
    }

    /** What happens when a draft was held until its deadline. */
    public enum AtDeadline {
        /** An alarm at every look, until what is missing is there. */
        KEEP_HOLDING,
        /** An alarm, and the invoice is finalized as it is; what comes later is late usage. */
        FINALIZE;

        public String configName() {
            return kebab(this);
        }
    }

    /** What becomes of late usage. */
    public enum Late {
        /** It is billed with the open period. */
        CARRY_FORWARD,
        /** It waits for a person. */
        HOLD_FOR_REVIEW;

        public String configName() {
            return kebab(this);
        }
    }

    /** What becomes of invoices of a customer who used what nothing bills. */
    public enum Unsold {
        HOLD,
        ALLOW;

        public String configName() {
            return kebab(this);
        }
    }

    private static String kebab(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
