-- The balance sheet: what became of every record that was read, by topic, partition and hour of append time. An hour has one row for
-- each offset at which its reading began: one, and another when a job without state began in the middle of it. A row that lies within
-- another one of its hour is a second look at the same records, and is left out of sums.

CREATE TABLE intake_hourly (
    topic           text        NOT NULL,
    partition       integer     NOT NULL,
    append_hour     timestamptz NOT NULL CHECK (append_hour = date_trunc('hour', append_hour, 'UTC')),
    first_offset    bigint      NOT NULL,
    next_offset     bigint      NOT NULL CHECK (next_offset > first_offset),
    read            bigint      NOT NULL,
    counted         bigint      NOT NULL,
    withdrawn       bigint      NOT NULL,
    duplicate       bigint      NOT NULL,
    conflict        bigint      NOT NULL,
    void_waiting    bigint      NOT NULL,
    ignored         bigint      NOT NULL,
    uncovered       bigint      NOT NULL,
    dead_lettered   bigint      NOT NULL,
    reasons         jsonb       NOT NULL DEFAULT '{}',
    uncovered_hours jsonb       NOT NULL DEFAULT '{}',
    updated_at      timestamptz NOT NULL DEFAULT now(),
    writer_epoch    bigint      NOT NULL,
    PRIMARY KEY (topic, partition, append_hour, first_offset)
);

COMMENT ON TABLE intake_hourly IS
    'read = counted + withdrawn + duplicate + conflict + void_waiting + ignored + uncovered + dead_lettered, in every row';
COMMENT ON COLUMN intake_hourly.append_hour IS 'UTC hour in which Kafka stored the records';
COMMENT ON COLUMN intake_hourly.first_offset IS 'Smallest offset read; the same for every run that sees the hour from its beginning';
COMMENT ON COLUMN intake_hourly.next_offset IS 'One more than the largest offset read';
COMMENT ON COLUMN intake_hourly.counted IS 'First of their identity; counted - withdrawn events are in usage_hourly';
COMMENT ON COLUMN intake_hourly.withdrawn IS 'Voids that took a counted event out again';
COMMENT ON COLUMN intake_hourly.duplicate IS 'Repeats with the same content';
COMMENT ON COLUMN intake_hourly.conflict IS 'Repeats with another time or content; not counted either, but somebody should look';
COMMENT ON COLUMN intake_hourly.void_waiting IS 'Voids whose event has not come';
COMMENT ON COLUMN intake_hourly.ignored IS 'No meter is interested';
COMMENT ON COLUMN intake_hourly.uncovered IS 'Of hours that a job without state saw only in part; those hours are left as they stand';
COMMENT ON COLUMN intake_hourly.reasons IS 'dead_lettered by reason';
COMMENT ON COLUMN intake_hourly.uncovered_hours IS 'uncovered by the hour of the event';

-- One row for each topic, written with every checkpoint, traffic or not.
CREATE TABLE metering_progress (
    topic        text        PRIMARY KEY,
    watermark    timestamptz,
    moved_at     timestamptz NOT NULL,
    written_at   timestamptz NOT NULL,
    writer_epoch bigint      NOT NULL
);

COMMENT ON TABLE metering_progress IS 'How far metering has come, as of its last checkpoint';
COMMENT ON COLUMN metering_progress.watermark IS 'Hours before it are closed; null before the first record';
COMMENT ON COLUMN metering_progress.moved_at IS 'When records were last read';
COMMENT ON COLUMN metering_progress.written_at IS 'Last checkpoint';

-- Totals of a replay, beside the real ones and only while it runs.
CREATE TABLE usage_replay (
    replay_id    bigint      NOT NULL,
    metric       text        NOT NULL,
    customer_id  text        NOT NULL,
    dimensions   jsonb       NOT NULL,
    period_start timestamptz NOT NULL,
    quantity     numeric     NOT NULL,
    event_count  bigint      NOT NULL,
    digest       bytea       NOT NULL,
    withdrawn_count bigint   NOT NULL,
    written_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (replay_id, metric, customer_id, period_start, dimensions)
);

COMMENT ON TABLE usage_replay IS 'Side table of tallymark replay; empty when none runs';

CREATE SEQUENCE replay_id_seq;

-- Corrections: how many counted events a void has taken out of a total.
ALTER TABLE usage_hourly ADD COLUMN withdrawn_count bigint NOT NULL DEFAULT 0 CHECK (withdrawn_count >= 0);

COMMENT ON COLUMN usage_hourly.withdrawn_count IS 'Events that were counted and taken out again by a void';

-- The same as in V3, but a posting says why: voids, or what the session states (replay --apply sets tallymark.cause).
ALTER TYPE usage_change ADD ATTRIBUTE withdrawn bigint;

CREATE OR REPLACE FUNCTION post_usage_change() RETURNS trigger
    LANGUAGE plpgsql AS
$$
DECLARE
    changes usage_change[];
    stated  text := nullif(current_setting('tallymark.cause', true), '');
BEGIN
    IF TG_OP = 'INSERT' THEN
        changes := ARRAY(
            SELECT (metric, customer_id, period_start, sum(quantity), sum(withdrawn_count))::usage_change
            FROM new_rows WHERE closed
            GROUP BY metric, customer_id, period_start HAVING sum(quantity) <> 0);
    ELSIF TG_OP = 'DELETE' THEN
        changes := ARRAY(
            SELECT (metric, customer_id, period_start, -sum(quantity), 0)::usage_change
            FROM old_rows WHERE closed
            GROUP BY metric, customer_id, period_start HAVING sum(quantity) <> 0);
    ELSE
        changes := ARRAY(
            SELECT (metric, customer_id, period_start, sum(amount), sum(withdrawals))::usage_change
            FROM (SELECT metric, customer_id, period_start, quantity AS amount, withdrawn_count AS withdrawals
                  FROM new_rows WHERE closed
                  UNION ALL
                  SELECT metric, customer_id, period_start, -quantity, -withdrawn_count FROM old_rows WHERE closed) AS side
            GROUP BY metric, customer_id, period_start HAVING sum(amount) <> 0);
    END IF;

    INSERT INTO ledger_entry (metric, customer_id, period_start, from_account, to_account, amount, cause)
    SELECT metric, customer_id, period_start, 'metered', 'unreported', amount,
        coalesce(stated, CASE
            WHEN withdrawn = 1 THEN 'closed total changed, with 1 event withdrawn by a void'
            WHEN withdrawn > 1 THEN format('closed total changed, with %s events withdrawn by voids', withdrawn)
            ELSE 'closed total changed' END)
    FROM unnest(changes);

    INSERT INTO report_due (metric, customer_id, period_start)
    SELECT metric, customer_id, period_start
    FROM unnest(changes) JOIN reported_meter USING (metric);

    RETURN NULL;
END
$$;
