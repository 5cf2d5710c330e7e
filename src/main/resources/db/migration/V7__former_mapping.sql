-- Whom a Stripe customer paid for before. Totals replace each other at Stripe, so usage of a second subject under the same Stripe customer
-- would overwrite what was told of the first. Only adds.

CREATE TABLE former_mapping (
    stripe_customer_id text        NOT NULL,
    customer_id        text        NOT NULL,
    until              timestamptz NOT NULL DEFAULT report_now(),
    PRIMARY KEY (stripe_customer_id, customer_id)
);

COMMENT ON TABLE former_mapping IS 'Subjects whose totals Stripe was told under a Stripe customer that they are not mapped to any more';

-- Whether Stripe was told totals of a subject under a Stripe customer, in the modes in which the newest replaces the others.
CREATE FUNCTION has_told_totals(subject text, payer text) RETURNS boolean
    LANGUAGE sql STABLE AS
$$
    SELECT EXISTS (
        SELECT FROM reported_meter AS meter JOIN stripe_report AS report USING (metric)
        WHERE report.customer_id = subject AND report.stripe_customer_id = payer
            AND report.mode IN ('hourly-total', 'period-total') AND report.attempts > 0)
$$;

CREATE FUNCTION keep_mappings_apart() RETURNS trigger
    LANGUAGE plpgsql AS
$$
DECLARE
    former former_mapping;
BEGIN
    IF TG_OP <> 'INSERT' AND (TG_OP = 'DELETE'
            OR (OLD.customer_id, OLD.stripe_customer_id) <> (NEW.customer_id, NEW.stripe_customer_id))
            AND has_told_totals(OLD.customer_id, OLD.stripe_customer_id) THEN
        INSERT INTO former_mapping (stripe_customer_id, customer_id) VALUES (OLD.stripe_customer_id, OLD.customer_id)
        ON CONFLICT (stripe_customer_id, customer_id) DO UPDATE SET until = EXCLUDED.until;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    SELECT * INTO former FROM former_mapping
    WHERE stripe_customer_id = NEW.stripe_customer_id AND customer_id <> NEW.customer_id
        AND until > report_now() - interval '35 days'
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'Stripe was told totals of % under % until %: those of % would overwrite them',
            former.customer_id, NEW.stripe_customer_id, former.until, NEW.customer_id
            USING HINT = 'Map another Stripe customer. Once no hour or billing period of both is open: DELETE FROM former_mapping'
                || ' WHERE stripe_customer_id = ' || quote_literal(NEW.stripe_customer_id);
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER billing_customer_apart
    BEFORE INSERT OR DELETE OR UPDATE OF customer_id, stripe_customer_id ON billing_customer
    FOR EACH ROW EXECUTE FUNCTION keep_mappings_apart();
