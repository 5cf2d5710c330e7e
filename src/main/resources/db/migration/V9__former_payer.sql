-- Who paid for a customer before: an invoice of theirs still bills what Stripe was told under them. Only adds.

CREATE TABLE billing_former_payer (
    stripe_customer_id text        NOT NULL,
    customer_id        text        NOT NULL,
    until              timestamptz NOT NULL,
    PRIMARY KEY (stripe_customer_id, customer_id)
);

COMMENT ON TABLE billing_former_payer IS 'Mappings that were changed or removed; a trigger on billing_customer writes it';
COMMENT ON COLUMN billing_former_payer.until IS 'When';

CREATE FUNCTION keep_former_payer() RETURNS trigger
    LANGUAGE plpgsql AS
$$
BEGIN
    IF TG_OP = 'DELETE' OR (OLD.customer_id, OLD.stripe_customer_id) <> (NEW.customer_id, NEW.stripe_customer_id) THEN
        INSERT INTO billing_former_payer (stripe_customer_id, customer_id, until)
        VALUES (OLD.stripe_customer_id, OLD.customer_id, report_now())
        ON CONFLICT (stripe_customer_id, customer_id) DO UPDATE SET until = EXCLUDED.until;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER billing_customer_former_payer
    AFTER DELETE OR UPDATE OF customer_id, stripe_customer_id ON billing_customer
    FOR EACH ROW EXECUTE FUNCTION keep_former_payer();

-- Mappings that changed before: nobody knows when, but for what was told last.
INSERT INTO billing_former_payer (stripe_customer_id, customer_id, until)
SELECT stripe_customer_id, customer_id, max(created_at) FROM stripe_report AS told
WHERE stripe_customer_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM billing_customer AS mapped
    WHERE mapped.customer_id = told.customer_id AND mapped.stripe_customer_id = told.stripe_customer_id)
GROUP BY stripe_customer_id, customer_id;
