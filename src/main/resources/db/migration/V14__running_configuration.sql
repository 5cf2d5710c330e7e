-- What the job that meters was configured with, so that a new configuration can be compared before it is resumed on the old one's state.
-- Only adds; an older job leaves it null.

ALTER TABLE metering_progress ADD COLUMN configuration jsonb;

COMMENT ON COLUMN metering_progress.configuration IS 'max-lateness and meters of the job that wrote this row; null: a job of an older version';
