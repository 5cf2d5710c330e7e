-- Reporting follows the table: hours whose closed total changed wait in report_due, each call is announced in stripe_report before it
-- is made, and its outcome is posted to the ledger in the same transaction.

CREATE TABLE billing_customer (
    customer_id        text PRIMARY KEY,
    stripe_customer_id text NOT NULL
);

COMMENT ON TABLE billing_customer IS 'Which Stripe customer pays for the usage of a subject';

CREATE TABLE billing_item (
    customer_id          text        NOT NULL,
    metric               text        NOT NULL,
    subscription_item_id text        NOT NULL,
    valid_from           timestamptz NOT NULL,
    valid_to             timestamptz,
    PRIMARY KEY (customer_id, metric, valid_from)
);

COMMENT ON TABLE billing_item IS 'Legacy subscription items, for the usage-record mode';

-- The meters that are reported at all; the reporting pipeline registers them from tallymark.yaml.
CREATE TABLE reported_meter (
    metric        text PRIMARY KEY,
    event_name    text        NOT NULL,
    mode          text        NOT NULL,
    registered_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE report_due (
    metric       text        NOT NULL,
    customer_id  text        NOT NULL,
    period_start timestamptz NOT NULL,
    version      bigint      NOT NULL DEFAULT 1,
    due_since    timestamptz NOT NULL DEFAULT clock_timestamp(),
    not_before   timestamptz NOT NULL DEFAULT '-infinity',
    claim_id     bigint,
    lease_until  timestamptz NOT NULL DEFAULT '-infinity',
    waiting_for  text,
    PRIMARY KEY (metric, customer_id, period_start)
);

COMMENT ON TABLE report_due IS 'Hours whose closed total differs from what Stripe was told; empty when all is reported';
COMMENT ON COLUMN report_due.version IS 'Counts changes of the total, so that an outcome never clears a newer change';
COMMENT ON COLUMN report_due.waiting_for IS 'Why it is not sent yet, such as: customer mapping';

CREATE SEQUENCE report_claim_seq;

CREATE TABLE stripe_report (
    identifier         text        PRIMARY KEY CHECK (length(identifier) <= 100),
    metric             text        NOT NULL,
    customer_id        text        NOT NULL,
    period_start       timestamptz NOT NULL,
    sequence           integer     NOT NULL,
    mode               text        NOT NULL,
    event_name         text        NOT NULL,
    stripe_customer_id text        NOT NULL,
    value              numeric     NOT NULL,
    amount             numeric     NOT NULL,
    event_timestamp    timestamptz NOT NULL,
    state              text        NOT NULL
        CHECK (state IN ('pending', 'sent', 'accepted', 'confirmed', 'rejected', 'unmapped', 'expired')),
    attempts           integer     NOT NULL DEFAULT 0,
    created_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    first_sent_at      timestamptz,
    last_sent_at       timestamptz,
    resolved_at        timestamptz,
    request_id         text,
    error              text,
    UNIQUE (metric, customer_id, period_start, sequence)
);

COMMENT ON TABLE stripe_report IS 'One row per intent to tell Stripe something, written before the call';
COMMENT ON COLUMN stripe_report.value IS 'What is sent: the hour''s total, or the difference in delta mode';
COMMENT ON COLUMN stripe_report.amount IS 'What it adds to Stripe''s knowledge of the hour; the amount of its posting';

-- Whoever changes a total, by whatever statement, posts the change and makes the hour due. A statement-level trigger, so that a batch
-- costs one posting statement; an open hour counts as 0, for an early result is nobody's debt.
CREATE TYPE usage_change AS (metric text, customer_id text, period_start timestamptz, amount numeric);

CREATE FUNCTION post_usage_change() RETURNS trigger
    LANGUAGE plpgsql AS
$$
DECLARE
    changes usage_change[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        changes := ARRAY(
            SELECT (metric, customer_id, period_start, sum(quantity))::usage_change
            FROM new_rows WHERE closed
            GROUP BY metric, customer_id, period_start HAVING sum(quantity) <> 0);
    ELSIF TG_OP = 'DELETE' THEN
        changes := ARRAY(
            SELECT (metric, customer_id, period_start, -sum(quantity))::usage_change
            FROM old_rows WHERE closed
            GROUP BY metric, customer_id, period_start HAVING sum(quantity) <> 0);
    ELSE
        changes := ARRAY(
            SELECT (metric, customer_id, period_start, sum(amount))::usage_change
            FROM (SELECT metric, customer_id, period_start, quantity AS amount FROM new_rows WHERE closed
                  UNION ALL
                  SELECT metric, customer_id, period_start, -quantity FROM old_rows WHERE closed) AS side
            GROUP BY metric, customer_id, period_start HAVING sum(amount) <> 0);
    END IF;

    INSERT INTO ledger_entry (metric, customer_id, period_start, from_account, to_account, amount, cause)
    SELECT metric, customer_id, period_start, 'metered', 'unreported', amount, 'closed total changed'
    FROM unnest(changes);

    INSERT INTO report_due (metric, customer_id, period_start)
    SELECT metric, customer_id, period_start
    FROM unnest(changes) JOIN reported_meter USING (metric)
    ON CONFLICT (metric, customer_id, period_start) DO UPDATE SET version = report_due.version + 1;

    RETURN NULL;
END
$$;

CREATE TRIGGER usage_hourly_post_insert AFTER INSERT ON usage_hourly
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION post_usage_change();
CREATE TRIGGER usage_hourly_post_update AFTER UPDATE ON usage_hourly
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION post_usage_change();
CREATE TRIGGER usage_hourly_post_delete AFTER DELETE ON usage_hourly
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION post_usage_change();
