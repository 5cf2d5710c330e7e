package io.tallymark.catalog;

/**
 * A product or meter that a price names.
 *
 * @param name the product's key, or the meter's event name
 * @param id at Stripe; empty while the plan has yet to create it
 */
record Ref(boolean isMeter, String name, String id) {
    static final Ref NO_METER = new Ref(true, "", "");

    boolean isNone() {
        return isMeter && name.isEmpty();
    }

    /** The id, or a stand-in that equals no id of Stripe's. */
    String idOrName() {
        return id.isEmpty() && !name.isEmpty() ? "(new) " + name : id;
    }
}
