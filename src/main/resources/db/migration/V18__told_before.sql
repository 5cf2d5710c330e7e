-- Whether an hour was told to Stripe under another metric, for `tallymark replay --apply`: a renamed meter that keeps its event name would
-- tell the hours of before once more. Only adds; with its owner's rights, for the writer reads no reports, and learns no more than the name.
-- The metrics one by one, for they lead the index.

CREATE FUNCTION told_before(of_metric text, to_event_name text, of_customer text, of_hour timestamptz) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER AS
$$
    WITH RECURSIVE known (metric) AS (
        SELECT min(metric) FROM stripe_report
        UNION ALL
        SELECT (SELECT min(report.metric) FROM stripe_report AS report WHERE report.metric > known.metric)
        FROM known WHERE known.metric IS NOT NULL)
    SELECT report.metric FROM known JOIN stripe_report AS report USING (metric)
    WHERE known.metric <> of_metric AND report.customer_id = of_customer AND report.period_start = of_hour
        AND report.event_name = to_event_name AND report.mode NOT LIKE 'usage-record%'
        AND (report.state IN ('pending', 'sent', 'ambiguous', 'accepted', 'confirmed', 'observed')
            OR (report.state = 'rejected' AND report.attempts > 1)
            OR (report.state = 'lost' AND report.mode <> 'delta'))
        -- An hour that Stripe knows of the metric itself stays where it was told.
        AND NOT EXISTS (
            SELECT FROM stripe_report AS own
            WHERE own.metric = of_metric AND own.customer_id = of_customer AND own.period_start = of_hour
                AND own.event_name <> to_event_name AND own.state IN ('accepted', 'confirmed', 'observed'))
    ORDER BY report.metric LIMIT 1
$$;

COMMENT ON FUNCTION told_before IS 'Another metric of which Stripe holds, or may hold, this customer''s hour under this event name; null: none';

DO $$
BEGIN
    EXECUTE format('ALTER FUNCTION told_before(text, text, text, timestamptz) SET search_path = %I, pg_temp', current_schema());
END
$$;
