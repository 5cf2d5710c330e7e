-- Which hours of a customer somebody bills. Only adds.

CREATE FUNCTION sold_hour(of_payer text, of_metric text, of_hour timestamptz) RETURNS boolean
    LANGUAGE sql STABLE AS
$$
    SELECT EXISTS (
        SELECT FROM billing_subscription_item AS item JOIN billing_subscription AS subscription USING (subscription_id)
        WHERE subscription.stripe_customer_id = of_payer AND item.metric = of_metric
            -- An item that was made with its subscription begins with it, which may be earlier.
            AND date_trunc('hour', CASE WHEN item.created_at < subscription.created_at + interval '1 minute'
                THEN subscription.started_at ELSE item.created_at END, 'UTC') <= of_hour
            -- Missed when the mirror was next read: it went with its period at the latest, unless it was seen after that.
            AND (item.removed_at IS NULL
                OR date_trunc('hour', least(item.removed_at, greatest(item.period_end, item.seen_at)), 'UTC') > of_hour)
            AND (subscription.ended_at IS NULL OR date_trunc('hour', subscription.ended_at, 'UTC') > of_hour))
$$;

COMMENT ON FUNCTION sold_hour IS
    'Whether an item of the payer''s subscriptions bills the metric in an hour: from that of the item''s creation until that of its removal';

CREATE FUNCTION line_hour(of_invoice text, of_metric text, of_hour timestamptz) RETURNS boolean
    LANGUAGE sql STABLE AS
$$
    SELECT EXISTS (
        SELECT FROM billing_invoice_line
        WHERE invoice_id = of_invoice AND metric = of_metric AND period_start <= of_hour AND period_end > of_hour)
$$;

COMMENT ON FUNCTION line_hour IS 'Whether the hour begins where a line of the invoice bills the metric';

CREATE FUNCTION billed_hour(of_invoice text, of_payer text, of_metric text, of_hour timestamptz) RETURNS boolean
    LANGUAGE sql STABLE AS
$$
    SELECT CASE WHEN EXISTS (SELECT FROM billing_invoice_line WHERE invoice_id = of_invoice AND metric = of_metric)
        THEN line_hour(of_invoice, of_metric, of_hour) ELSE sold_hour(of_payer, of_metric, of_hour) END
$$;

COMMENT ON FUNCTION billed_hour IS 'Whether the invoice has to show the hour''s usage: where its lines bill, or without lines where an item does';

CREATE FUNCTION unsold_hour(of_invoice text, of_payer text, of_metric text, of_hour timestamptz) RETURNS boolean
    LANGUAGE sql STABLE AS
$$
    SELECT NOT line_hour(of_invoice, of_metric, of_hour)
        -- An item that somebody added within the hour does not bill what is told with the hour's timestamp.
        AND (NOT sold_hour(of_payer, of_metric, of_hour) OR EXISTS (
            SELECT FROM billing_invoice_line
            WHERE invoice_id = of_invoice AND metric = of_metric
                AND period_start > of_hour AND date_trunc('hour', period_start, 'UTC') = of_hour))
$$;

COMMENT ON FUNCTION unsold_hour IS 'Whether nobody bills the hour''s usage';

-- A change of plan that begins to bill a metric: it seals the running hour alone, for nobody sold the ones before it.
ALTER TABLE billing_seal ADD COLUMN sealed_from timestamptz CHECK (sealed_from < sealed_before);

COMMENT ON COLUMN billing_seal.sealed_from IS
    'Hours before it are none of this seal''s, nor of a later one''s: nobody sold them; null: all hours before sealed_before are billed';

-- A later seal, such as a close's, must not carry what was used before the metric was sold into a period in which it is.
CREATE FUNCTION seal_of(of_metric text, of_customer text, of_hour timestamptz) RETURNS SETOF billing_seal
    LANGUAGE sql STABLE AS
$$
    SELECT seal.* FROM billing_seal AS seal
    WHERE seal.metric = of_metric AND seal.customer_id = of_customer AND seal.sealed_before > of_hour
        AND NOT EXISTS (
            SELECT FROM billing_seal AS added
            WHERE added.metric = seal.metric AND added.customer_id = seal.customer_id
                AND added.sealed_from > of_hour AND added.sealed_before <= seal.sealed_before)
    ORDER BY seal.sealed_before DESC LIMIT 1
$$;

COMMENT ON FUNCTION seal_of IS 'The seal that says what becomes of late usage of the hour; no row: the hour is not sealed';

ALTER TABLE billing_change ADD COLUMN added text[] NOT NULL DEFAULT '{}';
ALTER TABLE billing_change DROP CONSTRAINT billing_change_kind_check;
ALTER TABLE billing_change ADD CONSTRAINT billing_change_kind_check CHECK (
    kind IN ('change now', 'change at hour end', 'change at period end', 'cancel at hour end', 'cancel now'));

COMMENT ON COLUMN billing_change.added IS 'Those of metrics that it begins to bill: of them the running hour alone is sealed';
COMMENT ON COLUMN billing_change.ends_at IS 'Of a change or a cancellation at an hour''s end: that end';
