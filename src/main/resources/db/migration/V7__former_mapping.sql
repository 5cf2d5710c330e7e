-- Whom a Stripe customer paid for before. Totals replace each other at Stripe, so usage of a second subject under the same Stripe customer
-- would overwrite what was told of the first. Only adds.

CREATE TABLE former_mapping (
    stripe_customer_id text        NOT NULL,
    customer_id        text        NOT NULL,
    apart_until        timestamptz NOT NULL,
    PRIMARY KEY (stripe_customer_id, customer_id)
);

COMMENT ON TABLE former_mapping IS 'Subjects whose totals Stripe was told under a Stripe customer that they are not mapped to any more';
COMMENT ON COLUMN former_mapping.apart_until IS 'Until then no other subject may be mapped to it: hours or billing periods of both may be told';

-- How long two subjects must be kept apart at a Stripe customer under which totals of the first were told, or are about to be: as long as
-- an hour, or a billing period of up to a year, may be told after its end. Null where nothing is overwritten. The metrics one by one, for
-- they lead the index.
CREATE FUNCTION totals_apart(subject text, payer text) RETURNS interval
    LANGUAGE sql STABLE AS
$$
    WITH RECURSIVE known (metric) AS (
        SELECT min(metric) FROM stripe_report
        UNION ALL
        SELECT (SELECT min(report.metric) FROM stripe_report AS report WHERE report.metric > known.metric)
        FROM known WHERE known.metric IS NOT NULL)
    SELECT max(CASE WHEN told.mode = 'period-total' THEN interval '401 days' ELSE interval '35 days' END)
    FROM known CROSS JOIN LATERAL (
        SELECT DISTINCT report.mode FROM stripe_report AS report
        WHERE report.metric = known.metric AND report.customer_id = subject AND report.stripe_customer_id = payer
            AND report.mode IN ('hourly-total', 'period-total') AND report.state <> 'expired') AS told
$$;

CREATE FUNCTION keep_mappings_apart() RETURNS trigger
    LANGUAGE plpgsql AS
$$
DECLARE
    apart  interval;
    former former_mapping;
BEGIN
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE'
            AND (OLD.customer_id, OLD.stripe_customer_id) <> (NEW.customer_id, NEW.stripe_customer_id)) THEN
        apart := totals_apart(OLD.customer_id, OLD.stripe_customer_id);
        IF apart IS NOT NULL THEN
            INSERT INTO former_mapping (stripe_customer_id, customer_id, apart_until)
            VALUES (OLD.stripe_customer_id, OLD.customer_id, report_now() + apart)
            ON CONFLICT (stripe_customer_id, customer_id) DO UPDATE SET apart_until = EXCLUDED.apart_until;
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    SELECT * INTO former FROM former_mapping
    WHERE stripe_customer_id = NEW.stripe_customer_id AND customer_id <> NEW.customer_id AND apart_until > report_now()
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'Stripe was told totals of % under %: those of % would overwrite them',
            former.customer_id, NEW.stripe_customer_id, NEW.customer_id
            USING HINT = 'Map another Stripe customer. Once no hour or billing period of both may be told any more:'
                || ' DELETE FROM former_mapping WHERE stripe_customer_id = ' || quote_literal(NEW.stripe_customer_id);
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER billing_customer_apart
    BEFORE INSERT OR DELETE OR UPDATE OF customer_id, stripe_customer_id ON billing_customer
    FOR EACH ROW EXECUTE FUNCTION keep_mappings_apart();

-- Mappings that changed before.
INSERT INTO former_mapping (stripe_customer_id, customer_id, apart_until)
SELECT told.stripe_customer_id, told.customer_id, report_now() + totals_apart(told.customer_id, told.stripe_customer_id)
FROM (SELECT DISTINCT stripe_customer_id, customer_id FROM stripe_report
      WHERE mode IN ('hourly-total', 'period-total') AND state <> 'expired' AND stripe_customer_id IS NOT NULL) AS told
WHERE NOT EXISTS (
    SELECT FROM billing_customer AS mapped
    WHERE mapped.customer_id = told.customer_id AND mapped.stripe_customer_id = told.stripe_customer_id);
