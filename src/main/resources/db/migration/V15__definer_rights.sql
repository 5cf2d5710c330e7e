-- Whoever writes totals needs no right on the ledger, nor on what is to be reported: the triggers that write there do it with their
-- owner's rights, as ensure_usage_months does. deploy/roles.sql grants accordingly. Nothing of what the functions do changes.
--
-- pg_temp comes last by name. Left out, it would come first, and who may make temporary tables could put one of their own, with a trigger
-- of their own, in the place of ledger_entry.
--
-- CREATE OR REPLACE FUNCTION takes these settings away again: a later migration that replaces one of them has to repeat them.

DO $$
DECLARE
    signature text;
BEGIN
    FOREACH signature IN ARRAY ARRAY [
        'post_usage_change()', 'keep_mappings_apart()', 'keep_former_payer()', 'ensure_usage_months(timestamptz, timestamptz)'] LOOP
        EXECUTE format('ALTER FUNCTION %s SECURITY DEFINER SET search_path = %I, pg_temp', signature, current_schema());
    END LOOP;
END
$$;
