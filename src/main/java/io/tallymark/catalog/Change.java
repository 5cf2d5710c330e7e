package io.tallymark.catalog;

import java.util.List;

/**
 * One object of the account that is not as the catalog says, and what makes it so.
 *
 * @param object such as {@code price api_requests_eur}
 * @param details one fact a line
 * @param warnings what a person should know before it is done
 * @param steps in order; after whichever of their calls an apply ends, a new plan of the account leads on
 */
public record Change(Action action, String object, List<String> details, List<String> warnings, List<Step> steps) {
    public Change {
        details = List.copyOf(details);
        warnings = List.copyOf(warnings);
        steps = List.copyOf(steps);
    }

    /** What is done with the object. Nothing is ever deleted. */
    public enum Action {
        CREATE("+"),
        UPDATE("~"),
        /** A successor takes its place, since what is to change never changes at Stripe; the old one is archived. */
        REPLACE("-/+"),
        ARCHIVE("-");

        private final String sign;

        Action(String sign) {
            this.sign = sign;
        }

        /** As Terraform prints it. */
        public String sign() {
            return sign;
        }
    }
}
