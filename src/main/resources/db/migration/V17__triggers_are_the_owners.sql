-- Whoever may execute a trigger function may hang it on a table of its own, a temporary one for instance, and what V15 lets the function do
-- with its owner's rights it then does with rows that the caller made up. A trigger that is there needs no such right of those who fire it.
DO $$
DECLARE
    signature regprocedure;
BEGIN
    FOR signature IN
        SELECT oid::regprocedure FROM pg_proc
        WHERE pronamespace = current_schema()::regnamespace AND prorettype = 'trigger'::regtype
    LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', signature);
    END LOOP;
END
$$;
