-- More ways to report, what Stripe's summaries say, and the pace of calls. Only adds: an older job runs on it as long as no report has
-- one of the new states.

-- The reporter's one clock. A rehearsal may replace this function with one that is ahead of time.
CREATE FUNCTION report_now() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT now()';

COMMENT ON FUNCTION report_now() IS 'The time by which reports are claimed, repeated, doubted and given up';

ALTER TABLE report_due ALTER COLUMN due_since SET DEFAULT report_now();
ALTER TABLE report_lane ALTER COLUMN ready_at SET DEFAULT report_now();
ALTER TABLE stripe_report ALTER COLUMN created_at SET DEFAULT report_now();

-- Billing periods, for period-total and usage records. Without an anchor: calendar months, UTC.
ALTER TABLE billing_customer
    ADD COLUMN billing_anchor   timestamptz,
    ADD COLUMN billing_interval text NOT NULL DEFAULT 'month'
        CHECK (billing_interval IN ('day', 'week', 'month', 'year'));

COMMENT ON COLUMN billing_customer.billing_anchor IS 'A boundary of the customer''s billing periods; null: calendar months, UTC';

-- ambiguous: nobody can tell, a person decides. lost: Stripe's summaries show that it never arrived. observed: no call, but a correction
-- of what we know, from Stripe's summaries.
ALTER TABLE stripe_report DROP CONSTRAINT stripe_report_state_check;
ALTER TABLE stripe_report ADD CONSTRAINT stripe_report_state_check CHECK (state IN (
    'pending', 'sent', 'accepted', 'confirmed', 'rejected', 'unmapped', 'expired', 'ambiguous', 'lost', 'observed'));

DROP INDEX stripe_report_one_unresolved;
CREATE UNIQUE INDEX stripe_report_one_unresolved ON stripe_report (metric, customer_id, period_start)
    WHERE state IN ('pending', 'sent', 'ambiguous');

ALTER TABLE stripe_report
    ADD COLUMN doubted_at  timestamptz,
    ADD COLUMN stripe_error text;

COMMENT ON COLUMN stripe_report.event_name IS 'event_name of the Stripe meter; the subscription item''s id for usage records';
COMMENT ON COLUMN stripe_report.doubted_at IS 'Since when only reading back can tell whether it arrived; null: repeating can';
COMMENT ON COLUMN stripe_report.stripe_error IS 'What Stripe reported about it later, in an error event';
COMMENT ON COLUMN stripe_report.state IS
    'pending: announced; sent: called, outcome unknown so far; accepted; confirmed: seen in Stripe''s summaries; rejected; expired: too old; '
    'ambiguous: a person must decide; lost: never arrived, told anew; observed: Stripe''s summaries corrected what we know';

-- For the sum and the newest timestamp of a billing period, and for reading back: only what was told.
CREATE INDEX stripe_report_accepted ON stripe_report (metric, customer_id, period_start) WHERE state = 'accepted';
CREATE INDEX stripe_report_ambiguous ON stripe_report (metric, customer_id) WHERE state = 'ambiguous';

-- One row: how fast calls are made. Outcomes write it, claims read it, so it holds for every reporter and over restarts.
CREATE TABLE report_pace (
    one_row          boolean          PRIMARY KEY DEFAULT true CHECK (one_row),
    ceiling          double precision NOT NULL DEFAULT 25,
    calls_per_second double precision NOT NULL DEFAULT 25,
    slowed_at        timestamptz,
    paused_until     timestamptz,
    failures         integer          NOT NULL DEFAULT 0,
    failing_since    timestamptz,
    changed_at       timestamptz      NOT NULL DEFAULT report_now()
);

INSERT INTO report_pace DEFAULT VALUES;

COMMENT ON TABLE report_pace IS 'How fast reports are sent: Stripe''s rate limits slow them down, an outage stops them but for a probe now and then';
COMMENT ON COLUMN report_pace.ceiling IS 'Configured calls a second';
COMMENT ON COLUMN report_pace.calls_per_second IS 'Calls a second at slowed_at, from where they come back to the ceiling within a minute';
COMMENT ON COLUMN report_pace.paused_until IS 'No calls before this instant, then one probe; null: no pause';
COMMENT ON COLUMN report_pace.failures IS 'Calls in a row that found Stripe out of order';

-- The same as in V4, but the value of a billing period may change without a change of the quantity: an hour of nothing that becomes the
-- newest, or is none any more.
ALTER TYPE usage_change ADD ATTRIBUTE counted bigint;

CREATE OR REPLACE FUNCTION post_usage_change() RETURNS trigger
    LANGUAGE plpgsql AS
$$
DECLARE
    changes usage_change[];
    stated  text := nullif(current_setting('tallymark.cause', true), '');
BEGIN
    IF TG_OP = 'INSERT' THEN
        changes := ARRAY(
            SELECT (metric, customer_id, period_start, sum(quantity), sum(withdrawn_count), sum(event_count))::usage_change
            FROM new_rows WHERE closed
            GROUP BY metric, customer_id, period_start HAVING sum(quantity) <> 0 OR sum(event_count) <> 0);
    ELSIF TG_OP = 'DELETE' THEN
        changes := ARRAY(
            SELECT (metric, customer_id, period_start, -sum(quantity), 0, -sum(event_count))::usage_change
            FROM old_rows WHERE closed
            GROUP BY metric, customer_id, period_start HAVING sum(quantity) <> 0 OR sum(event_count) <> 0);
    ELSE
        changes := ARRAY(
            SELECT (metric, customer_id, period_start, sum(amount), sum(withdrawals), sum(events))::usage_change
            FROM (SELECT metric, customer_id, period_start, quantity AS amount, withdrawn_count AS withdrawals,
                    event_count AS events
                  FROM new_rows WHERE closed
                  UNION ALL
                  SELECT metric, customer_id, period_start, -quantity, -withdrawn_count, -event_count
                  FROM old_rows WHERE closed) AS side
            GROUP BY metric, customer_id, period_start HAVING sum(amount) <> 0 OR sum(events) <> 0);
    END IF;

    INSERT INTO ledger_entry (metric, customer_id, period_start, from_account, to_account, amount, cause)
    SELECT metric, customer_id, period_start, 'metered', 'unreported', amount,
        coalesce(stated, CASE
            WHEN withdrawn = 1 THEN 'closed total changed, with 1 event withdrawn by a void'
            WHEN withdrawn > 1 THEN format('closed total changed, with %s events withdrawn by voids', withdrawn)
            ELSE 'closed total changed' END)
    FROM unnest(changes) WHERE amount <> 0;

    INSERT INTO report_due (metric, customer_id, period_start)
    SELECT metric, customer_id, period_start
    FROM unnest(changes) JOIN reported_meter USING (metric)
    WHERE amount <> 0 OR mode = 'period-total';

    RETURN NULL;
END
$$;
