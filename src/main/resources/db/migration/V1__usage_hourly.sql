-- The table: one row per meter, customer, dimensions and UTC hour, holding the hour's total. The source of truth.

CREATE TABLE usage_hourly (
    metric       text        NOT NULL,
    customer_id  text        NOT NULL,
    dimensions   jsonb       NOT NULL DEFAULT '{}',
    period_start timestamptz NOT NULL CHECK (period_start = date_trunc('hour', period_start, 'UTC')),
    quantity     numeric     NOT NULL,
    event_count  bigint      NOT NULL CHECK (event_count >= 0),
    digest       bytea       NOT NULL CHECK (octet_length(digest) = 16),
    revision     integer     NOT NULL,
    closed       boolean     NOT NULL,
    updated_at   timestamptz NOT NULL DEFAULT now(),
    writer_epoch bigint      NOT NULL,
    -- The hour before the dimensions: a report adds one hour up over all of them.
    PRIMARY KEY (metric, customer_id, period_start, dimensions)
) PARTITION BY RANGE (period_start);

COMMENT ON TABLE usage_hourly IS 'One total per meter, customer, dimensions and UTC hour; the source of truth for billing';
COMMENT ON COLUMN usage_hourly.customer_id IS 'CloudEvents subject of the events';
COMMENT ON COLUMN usage_hourly.dimensions IS 'The meter''s group-by values; {} without any';
COMMENT ON COLUMN usage_hourly.period_start IS 'First instant of the UTC hour; the hour is half open';
COMMENT ON COLUMN usage_hourly.quantity IS 'Exact decimal total of the hour, in the meter''s unit';
COMMENT ON COLUMN usage_hourly.event_count IS 'Events counted into the total';
COMMENT ON COLUMN usage_hourly.digest IS 'Sum modulo 2^128 of the counted events'' fingerprints: equal digests mean the same events';
COMMENT ON COLUMN usage_hourly.revision IS '0 while open, 1 at the close, one more for each later change';
COMMENT ON COLUMN usage_hourly.closed IS 'False: an early result of a running hour, never reported';
COMMENT ON COLUMN usage_hourly.writer_epoch IS 'Fence: a writer with a smaller epoch than the row''s is refused';

-- Whatever no month covers; ensure_usage_months moves such rows to their month.
CREATE TABLE usage_hourly_default PARTITION OF usage_hourly DEFAULT;

-- For "this hour, everybody" and for dashboards over time.
CREATE INDEX usage_hourly_by_hour ON usage_hourly (period_start, metric);

-- Makes sure that every month between two instants has its partition. With its owner's rights: a job calls it at every start, and the
-- job's user need not own the table.
CREATE FUNCTION ensure_usage_months(first_instant timestamptz, last_instant timestamptz) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS
$$
DECLARE
    month_start timestamptz := date_trunc('month', first_instant, 'UTC');
    month_end   timestamptz;
    partition   text;
BEGIN
    WHILE month_start <= last_instant LOOP
        month_end := ((month_start AT TIME ZONE 'UTC') + interval '1 month') AT TIME ZONE 'UTC';
        partition := 'usage_hourly_' || to_char(month_start AT TIME ZONE 'UTC', 'YYYY_MM');
        IF to_regclass(partition) IS NULL THEN
            PERFORM pg_advisory_xact_lock(hashtext('tallymark.ensure_usage_months'));
            IF to_regclass(partition) IS NULL THEN
                PERFORM create_usage_month(partition, month_start, month_end);
            END IF;
        END IF;
        month_start := month_end;
    END LOOP;
END
$$;

-- Rows that the default partition caught for the month move with it; no trigger fires, since no total changes.
CREATE FUNCTION create_usage_month(partition text, month_start timestamptz, month_end timestamptz) RETURNS void
    LANGUAGE plpgsql AS
$$
BEGIN
    EXECUTE format('CREATE TABLE %I (LIKE usage_hourly INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', partition);
    EXECUTE format(
        'WITH moved AS (DELETE FROM usage_hourly_default WHERE period_start >= %L AND period_start < %L RETURNING *) '
            'INSERT INTO %I SELECT * FROM moved', month_start, month_end, partition);
    EXECUTE format(
        'ALTER TABLE usage_hourly ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', partition, month_start, month_end);
END
$$;

-- The fence. Each attempt of a writer draws one epoch when it opens; a task that was believed dead and wakes up holds a smaller one.
CREATE SEQUENCE writer_epoch_seq;

CREATE FUNCTION fenced_epoch(row_epoch bigint, writer_epoch bigint) RETURNS bigint
    LANGUAGE plpgsql IMMUTABLE AS
$$
BEGIN
    IF row_epoch > writer_epoch THEN
        RAISE EXCEPTION 'writer epoch % is fenced: the row was written by epoch %', writer_epoch, row_epoch
            USING HINT = 'A newer attempt of the job owns this row; this writer must stop.';
    END IF;
    RETURN writer_epoch;
END
$$;
