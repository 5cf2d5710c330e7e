-- A writer that connects again goes on with the next epoch, so that a statement which the lost connection still holds is refused like one
-- of an earlier attempt. Attempts are therefore a million apart: however often a writer connects, its successor stays ahead of it.
ALTER SEQUENCE writer_epoch_seq INCREMENT BY 1000000;

COMMENT ON COLUMN usage_hourly.writer_epoch IS
    'Fence: a writer with a smaller epoch than the row''s is refused. Attempts are a million apart; each reconnect adds one';
