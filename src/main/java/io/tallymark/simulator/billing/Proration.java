package io.tallymark.simulator.billing;

import java.util.List;

/** The values of {@code proration_behavior}. */
final class Proration {
    static final String CREATE = "create_prorations";
    static final String NONE = "none";
    static final String INVOICE = "always_invoice";
    static final List<String> BEHAVIORS = List.of(CREATE, NONE, INVOICE);

    private Proration() {}
}
