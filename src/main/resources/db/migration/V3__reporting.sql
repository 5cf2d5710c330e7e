-- Reporting follows the table. A changed total makes its hour due (report_due); the hours of one customer and meter form a lane and
-- are reported one at a time (report_lane); each call is announced before it is made (stripe_report), and its outcome is posted to the
-- ledger in the transaction that records it.

CREATE TABLE billing_customer (
    customer_id        text PRIMARY KEY,
    -- Stripe keeps one total for a customer, meter and hour: those of two subjects would overwrite each other.
    stripe_customer_id text NOT NULL UNIQUE
);

COMMENT ON TABLE billing_customer IS 'Which Stripe customer pays for the usage of a subject; one subject each';

CREATE TABLE billing_item (
    customer_id          text        NOT NULL,
    metric               text        NOT NULL,
    subscription_item_id text        NOT NULL,
    valid_from           timestamptz NOT NULL,
    valid_to             timestamptz,
    PRIMARY KEY (customer_id, metric, valid_from)
);

COMMENT ON TABLE billing_item IS 'Legacy subscription items, for the usage-record mode';

CREATE TABLE reported_meter (
    metric        text PRIMARY KEY,
    event_name    text        NOT NULL,
    mode          text        NOT NULL,
    registered_at timestamptz NOT NULL DEFAULT now(),
    seeded_at     timestamptz
);

COMMENT ON TABLE reported_meter IS 'The meters that are reported at all; the reporting pipeline keeps it equal to tallymark.yaml';
COMMENT ON COLUMN reported_meter.seeded_at IS 'When the hours from before the registration were made due; null: not yet';

-- Appended to by whoever changes a total, one row for each change, so that writers of the table never wait for each other here nor for
-- the reporter. (A row per hour with an upsert deadlocks: two subtasks hold totals of the same customers in different orders.)
CREATE TABLE report_due (
    due_id       bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    metric       text        NOT NULL,
    customer_id  text        NOT NULL,
    period_start timestamptz NOT NULL,
    due_since    timestamptz NOT NULL DEFAULT clock_timestamp(),
    queued       boolean     NOT NULL DEFAULT false,
    waiting_for  text
);

CREATE INDEX report_due_by_hour ON report_due (metric, customer_id, period_start);
CREATE INDEX report_due_new ON report_due (due_id) WHERE NOT queued;
CREATE INDEX report_due_waiting ON report_due (waiting_for, customer_id) WHERE waiting_for IS NOT NULL;

COMMENT ON TABLE report_due IS 'Hours whose closed total may differ from what Stripe was told; empty when all is reported';
COMMENT ON COLUMN report_due.queued IS 'Whether the reporter has put the hour into its lane';
COMMENT ON COLUMN report_due.waiting_for IS 'Why it is not reported yet, such as: customer mapping';

-- One row for each customer and meter with hours in the queue. Its lease is what keeps calls for one customer and meter apart. Whoever
-- changes rows of report_due that are in a lane holds the lane's row lock first.
CREATE TABLE report_lane (
    metric      text        NOT NULL,
    customer_id text        NOT NULL,
    ready_at    timestamptz NOT NULL DEFAULT now(),
    claim_id    bigint,
    called_at   timestamptz,
    PRIMARY KEY (metric, customer_id)
);

CREATE INDEX report_lane_ready ON report_lane (ready_at);
CREATE INDEX report_lane_claimed ON report_lane (ready_at) WHERE claim_id IS NOT NULL;

COMMENT ON TABLE report_lane IS 'Customers and meters with due hours; at most one report of a lane is in flight';
COMMENT ON COLUMN report_lane.ready_at IS 'Earliest next claim: now, the end of a back-off, or the end of the lease';
COMMENT ON COLUMN report_lane.claim_id IS 'The claim that works on it until ready_at; null: nobody does';
COMMENT ON COLUMN report_lane.called_at IS 'When the claim announced its call; null: it made none';

CREATE SEQUENCE report_claim_seq;

CREATE TABLE stripe_report (
    identifier         text        PRIMARY KEY CHECK (length(identifier) <= 100),
    metric             text        NOT NULL,
    customer_id        text        NOT NULL,
    period_start       timestamptz NOT NULL,
    sequence           integer     NOT NULL CHECK (sequence > 0),
    mode               text        NOT NULL,
    event_name         text        NOT NULL,
    stripe_customer_id text,
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
    UNIQUE (metric, customer_id, period_start, sequence),
    CHECK (stripe_customer_id IS NOT NULL OR state = 'expired'),
    CHECK ((attempts > 0) = (first_sent_at IS NOT NULL))
);

-- A new total is told only after the fate of the one before is known.
CREATE UNIQUE INDEX stripe_report_one_unresolved ON stripe_report (metric, customer_id, period_start)
    WHERE state IN ('pending', 'sent');
CREATE INDEX stripe_report_refused ON stripe_report (state, created_at) WHERE state IN ('rejected', 'expired');

COMMENT ON TABLE stripe_report IS 'One row per intent to tell Stripe something, written before the call';
COMMENT ON COLUMN stripe_report.stripe_customer_id IS 'Null only for usage that expired before anyone mapped its customer';
COMMENT ON COLUMN stripe_report.value IS 'What is sent: the hour''s total, or the difference in delta mode';
COMMENT ON COLUMN stripe_report.amount IS 'What it adds to Stripe''s knowledge of the hour; the amount of its posting';
COMMENT ON COLUMN stripe_report.state IS
    'pending: announced; sent: called, outcome unknown so far; accepted; confirmed: seen in Stripe''s summaries; rejected; expired: too old';

-- One identifier, one value, for ever: Stripe refuses a second value as a duplicate, and the correction would be lost.
CREATE FUNCTION refuse_report_change() RETURNS trigger
    LANGUAGE plpgsql AS
$$
BEGIN
    RAISE EXCEPTION 'stripe_report %: what an identifier says is final', OLD.identifier
        USING HINT = 'Write a new intent with its own identifier instead.';
END
$$;

CREATE TRIGGER stripe_report_is_final
    BEFORE UPDATE OF identifier, metric, customer_id, period_start, sequence, mode, event_name, stripe_customer_id, value, amount,
        event_timestamp ON stripe_report
    FOR EACH ROW EXECUTE FUNCTION refuse_report_change();

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
    FROM unnest(changes) JOIN reported_meter USING (metric);

    RETURN NULL;
END
$$;

CREATE TRIGGER usage_hourly_post_insert AFTER INSERT ON usage_hourly
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION post_usage_change();
CREATE TRIGGER usage_hourly_post_update AFTER UPDATE ON usage_hourly
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION post_usage_change();
CREATE TRIGGER usage_hourly_post_delete AFTER DELETE ON usage_hourly
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION post_usage_change();

-- Emptying the table would take totals away without a posting.
CREATE FUNCTION refuse_usage_truncate() RETURNS trigger
    LANGUAGE plpgsql AS
$$
BEGIN
    RAISE EXCEPTION 'usage_hourly cannot be truncated: its totals are in the ledger'
        USING HINT = 'DELETE posts the difference; DETACH PARTITION archives a month.';
END
$$;

CREATE TRIGGER usage_hourly_no_truncate
    BEFORE TRUNCATE ON usage_hourly FOR EACH STATEMENT EXECUTE FUNCTION refuse_usage_truncate();
