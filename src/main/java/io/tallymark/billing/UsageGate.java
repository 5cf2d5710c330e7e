package io.tallymark.billing;

import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * Between the usage of a customer and a change of what it costs. Each method may be called again with the same arguments at any time,
 * by a command that leads on from where another one was cut off.
 */
public interface UsageGate {
    /**
     * Returns when every hour that began before an instant is closed, reported and confirmed.
     *
     * @throws io.tallymark.usage.UserError when that cannot be within its patience
     */
    void settle(String customerId, Set<String> metrics, Instant before) throws SQLException;

    /**
     * Declares the hours that began before an instant as told for good, ahead of an end that is not certain yet: what changes in them
     * later waits until {@link #seal} says what becomes of it, at the same instant or a later one.
     *
     * @param carryTo hour with which it is billed, should a person decide so
     */
    void suspend(String customerId, Set<String> metrics, Instant at, Instant carryTo, String cause) throws SQLException;

    /**
     * Declares the hours that began before an instant as billed for good. Sealed twice at the same instant is sealed once.
     *
     * @param carryTo hour with which is billed what changes in them later; empty: nothing is billed any more
     * @param cause such as: plan change to pro
     */
    void seal(String customerId, Set<String> metrics, Instant at, Optional<Instant> carryTo, String cause)
            throws SQLException;

    /**
     * Carries what Stripe was told below zero of hours that are sealed, and that one price billed, to an hour of the next price: by
     * itself it would bill as 0.
     *
     * @param metric one that adds up
     * @param from the hours that begin then or later
     * @param at the hours that begin before it
     */
    void carryBelowZero(String customerId, String metric, Instant from, Instant at, Instant carryTo, String cause)
            throws SQLException;

    /**
     * Declares one hour of metrics that nobody sold before it as billed with another one: what is used in it until an instant, and after
     * that, is billed from {@code carryTo} on, and the hours before it are left as they are.
     *
     * @param hour that runs
     * @param at within it
     */
    void sealHour(String customerId, Set<String> metrics, Instant hour, Instant at, Instant carryTo, String cause)
            throws SQLException;
}
