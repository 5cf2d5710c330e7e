-- The ledger: every change of a closed hour's total and every report that Stripe accepted is a posting between two accounts.
--   metered    -> unreported    the closed total changed
--   unreported -> reported      Stripe accepted a report
--   unreported -> unreportable  Stripe would refuse it for its age
-- One row is both sides of an entry, so the books balance by construction; ledger_balance shows them account by account.

CREATE TABLE ledger_entry (
    entry_id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    posted_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    metric            text        NOT NULL,
    customer_id       text        NOT NULL,
    period_start      timestamptz NOT NULL,
    from_account      text        NOT NULL CHECK (from_account IN ('metered', 'unreported', 'reported', 'unreportable')),
    to_account        text        NOT NULL CHECK (to_account IN ('metered', 'unreported', 'reported', 'unreportable')),
    amount            numeric     NOT NULL CHECK (amount <> 0),
    cause             text        NOT NULL,
    report_identifier text,
    CHECK (from_account <> to_account)
);

COMMENT ON TABLE ledger_entry IS 'Append-only double entry: amount moves from one account to the other; corrections are new entries';
COMMENT ON COLUMN ledger_entry.amount IS 'In the meter''s unit; negative when a total went down';

CREATE INDEX ledger_entry_by_hour ON ledger_entry (metric, customer_id, period_start);
-- One accepted report, one posting: a second one for the same report is a bug that must fail.
CREATE UNIQUE INDEX ledger_entry_once_per_report ON ledger_entry (report_identifier) WHERE report_identifier IS NOT NULL;

CREATE FUNCTION refuse_ledger_change() RETURNS trigger
    LANGUAGE plpgsql AS
$$
BEGIN
    RAISE EXCEPTION 'ledger_entry is append-only: % is refused', TG_OP
        USING HINT = 'Post a correcting entry instead.';
END
$$;

CREATE TRIGGER ledger_entry_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change();

CREATE VIEW ledger_balance AS
SELECT metric, customer_id, account, sum(amount) AS balance
FROM (SELECT metric, customer_id, to_account AS account, amount FROM ledger_entry
      UNION ALL
      SELECT metric, customer_id, from_account, -amount FROM ledger_entry) AS side
GROUP BY metric, customer_id, account;

COMMENT ON VIEW ledger_balance IS 'unreported = what Stripe does not know yet; the sum over all accounts is 0';
