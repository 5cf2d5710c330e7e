-- Which hours Stripe refused and does not know yet: said once, for status, close and changes of plan. Only adds.

CREATE FUNCTION owed_usage(of_metric text, of_customer text, of_hour timestamptz) RETURNS numeric
    LANGUAGE sql STABLE AS
$$
    SELECT coalesce((SELECT sum(quantity) FROM usage_hourly
                     WHERE metric = of_metric AND customer_id = of_customer AND period_start = of_hour AND closed), 0)
         + carried_usage(of_metric, of_customer, of_hour)
$$;

COMMENT ON FUNCTION owed_usage IS 'What Stripe is to know of an hour: its closed totals, with what was carried to it and without what was carried away';

CREATE VIEW refused_report AS
SELECT refused.* FROM stripe_report AS refused
WHERE state = 'rejected'
    AND NOT EXISTS (
        SELECT FROM stripe_report AS newer
        WHERE newer.metric = refused.metric AND newer.customer_id = refused.customer_id
            AND newer.period_start = refused.period_start AND newer.sequence > refused.sequence)
    AND NOT EXISTS (
        SELECT FROM report_due AS due
        WHERE due.metric = refused.metric AND due.customer_id = refused.customer_id
            AND due.period_start = refused.period_start)
    AND owed_usage(metric, customer_id, period_start) <> (
        SELECT coalesce(sum(told.amount), 0) FROM stripe_report AS told
        WHERE told.metric = refused.metric AND told.customer_id = refused.customer_id
            AND told.period_start = refused.period_start
            AND told.state IN ('accepted', 'confirmed', 'observed', 'expired'));

COMMENT ON VIEW refused_report IS
    'The last report of each hour that Stripe refused for good and that is not tried again, while the hour still owes something';
