-- Three roles with the least rights that Tallymark's parts work with. None of them may log in: grant them to users of your own.
--
--   psql --single-transaction --set ON_ERROR_STOP=1 --file deploy/roles.sql DATABASE
--
-- Run it as a superuser, or as the tables' owner with CREATEROLE; after the first `tallymark migrate`, and after each later one: a new
-- table is nobody's until then. What a role was granted before and this file does not name is taken away.
--
--   tallymark_writer    the metering pipeline, and `tallymark replay`
--   tallymark_reporter  the reporting pipeline, serve, and the commands that write: reconcile, close, sync, stripe-sync, customers, subscription
--   tallymark_reader    people and dashboards; also status, health, explain and preview
--
--   CREATE ROLE metering LOGIN IN ROLE tallymark_writer;    and \password metering, which keeps it out of history and logs
--
-- A job with both pipelines has one user: make it a member of writer and reporter. The owner of the tables migrates and does nothing else.

DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY ['tallymark_writer', 'tallymark_reporter', 'tallymark_reader'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
        END IF;
    END LOOP;
END
$$;

REVOKE ALL ON ALL TABLES IN SCHEMA public FROM tallymark_writer, tallymark_reporter, tallymark_reader;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM tallymark_writer, tallymark_reporter, tallymark_reader;
-- Databases from before PostgreSQL 15 let everybody create tables here.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
-- The tables' owner still does: each month's partition is made with its rights.
DO $$
BEGIN
    EXECUTE format('GRANT CREATE ON SCHEMA public TO %I',
        (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'public.usage_hourly'::regclass));
END
$$;
GRANT USAGE ON SCHEMA public TO tallymark_writer, tallymark_reporter, tallymark_reader;

-- The writer: its own tables. Ledger and due hours are written by the trigger on usage_hourly, with its owner's rights.
GRANT SELECT, INSERT, UPDATE ON usage_hourly, intake_hourly, metering_progress TO tallymark_writer;
GRANT USAGE ON SEQUENCE writer_epoch_seq TO tallymark_writer;
-- Adds partitions with its owner's rights, and nobody else has a use for it.
REVOKE EXECUTE ON FUNCTION ensure_usage_months(timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ensure_usage_months(timestamptz, timestamptz) TO tallymark_writer;
-- Everybody's, unless the database was set up otherwise.
GRANT EXECUTE ON FUNCTION fenced_epoch(bigint, bigint) TO tallymark_writer;
-- tallymark replay.
GRANT SELECT, INSERT, UPDATE, DELETE ON usage_replay TO tallymark_writer;
GRANT USAGE ON SEQUENCE replay_id_seq TO tallymark_writer;
-- It reads reports with its owner's rights, and nobody else has a use for it.
REVOKE EXECUTE ON FUNCTION told_before(text, text, text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION told_before(text, text, text, timestamptz) TO tallymark_writer;

-- The reader: everything, and no more than that.
GRANT SELECT ON ALL TABLES IN SCHEMA public TO tallymark_reader;

-- The reporter reads everything too. It changes no total: those are the writer's.
GRANT SELECT ON ALL TABLES IN SCHEMA public TO tallymark_reporter;
-- Everybody's, unless the database was set up otherwise.
GRANT EXECUTE ON FUNCTION report_now(), owed_usage(text, text, timestamptz), carried_usage(text, text, timestamptz),
    sold_hour(text, text, timestamptz), line_hour(text, text, timestamptz), billed_hour(text, text, text, timestamptz),
    unsold_hour(text, text, text, timestamptz), seal_of(text, text, timestamptz), totals_apart(text, text) TO tallymark_reporter, tallymark_reader;
GRANT INSERT, UPDATE, DELETE ON report_due, report_lane, reported_meter TO tallymark_reporter;
-- A trigger keeps what an identifier says; only its fate may change.
GRANT INSERT, UPDATE ON stripe_report TO tallymark_reporter;
GRANT USAGE ON SEQUENCE report_claim_seq TO tallymark_reporter;
GRANT UPDATE ON report_pace, reconcile_cursor TO tallymark_reporter;
GRANT INSERT ON ledger_entry, billing_carry TO tallymark_reporter;
GRANT INSERT, UPDATE, DELETE ON reconcile_check TO tallymark_reporter;
GRANT INSERT, UPDATE ON reconcile_finding TO tallymark_reporter;
-- tallymark customers and subscription. former_mapping and billing_former_payer are written by triggers.
GRANT INSERT, UPDATE, DELETE ON billing_customer, billing_change TO tallymark_reporter;
GRANT INSERT, UPDATE ON billing_item, billing_seal, billing_close TO tallymark_reporter;
-- The mirror of Stripe's subscriptions and invoices.
GRANT INSERT, UPDATE ON billing_subscription, billing_subscription_item TO tallymark_reporter;
GRANT INSERT, UPDATE, DELETE ON billing_invoice, billing_invoice_line TO tallymark_reporter;
GRANT UPDATE ON billing_mirror TO tallymark_reporter;
-- tallymark serve.
GRANT INSERT, UPDATE, DELETE ON webhook_event TO tallymark_reporter;
