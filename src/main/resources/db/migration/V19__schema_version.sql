-- Whether the schema is new enough for a release: asked at a job's start, by doctor and by commands, whose users have no right on Flyway's
-- own table. The number of the newest migration that was applied; where the function is missing, the schema is of before this one.
DO $$
BEGIN
    EXECUTE format(
        $create$
        CREATE FUNCTION schema_version() RETURNS int LANGUAGE sql STABLE SECURITY DEFINER SET search_path = %I, pg_temp AS $body$
            SELECT max(version::int) FROM flyway_schema_history WHERE success AND version ~ '^[0-9]+$'
        $body$
        $create$,
        current_schema());
END
$$;

-- Also where new functions are not everybody's.
GRANT EXECUTE ON FUNCTION schema_version() TO PUBLIC;

COMMENT ON COLUMN metering_progress.configuration IS
    'what a new configuration is compared with, of the job that wrote this row; null: a job of an older version';
