package io.tallymark.reconcile;

/** A customer and meter: what is compared at once, as it is reported at once. */
record Lane(String metric, String customerId) {}
