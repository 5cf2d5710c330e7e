-- Reconciliation: what Stripe's own summaries say, compared with what it was told. Only adds.

ALTER TABLE stripe_report ADD COLUMN confirmed_at timestamptz;

COMMENT ON COLUMN stripe_report.confirmed_at IS 'When Stripe''s summaries showed all that was told of its window, this included';

-- For the sweep: accepted, and not yet seen in the summaries.
CREATE INDEX stripe_report_unconfirmed ON stripe_report (resolved_at) WHERE state = 'accepted';

-- What the sweep has to look at: a stretch of hours of a customer and meter, as long as one question to Stripe.
CREATE TABLE reconcile_check (
    metric      text        NOT NULL,
    customer_id text        NOT NULL,
    range_start timestamptz NOT NULL,
    check_at    timestamptz NOT NULL DEFAULT report_now(),
    checks      integer     NOT NULL DEFAULT 0,
    checked_at  timestamptz,
    PRIMARY KEY (metric, customer_id, range_start)
);

CREATE INDEX reconcile_check_due ON reconcile_check (check_at);

COMMENT ON TABLE reconcile_check IS 'Hours with accepted reports that Stripe''s summaries have not confirmed yet; empty when all is confirmed';
COMMENT ON COLUMN reconcile_check.check_at IS 'Earliest next look; while somebody looks, the end of its lease';

CREATE TABLE reconcile_finding (
    metric             text        NOT NULL,
    customer_id        text        NOT NULL,
    mode               text        NOT NULL,
    event_name         text        NOT NULL,
    stripe_customer_id text        NOT NULL,
    window_start       timestamptz NOT NULL,
    window_end         timestamptz NOT NULL,
    kind               text        NOT NULL,
    table_total        numeric     NOT NULL,
    told               numeric     NOT NULL,
    held               numeric,
    detail             text        NOT NULL,
    found_at           timestamptz NOT NULL DEFAULT report_now(),
    seen_at            timestamptz NOT NULL DEFAULT report_now(),
    resolved_at        timestamptz,
    PRIMARY KEY (metric, customer_id, mode, event_name, stripe_customer_id, window_start)
);

CREATE INDEX reconcile_finding_open ON reconcile_finding (kind, found_at) WHERE resolved_at IS NULL;

COMMENT ON TABLE reconcile_finding IS 'Windows in which Stripe''s summaries differ, or differed, from what Stripe was told';
COMMENT ON COLUMN reconcile_finding.window_start IS 'The hour, or the start of the billing period where Stripe only knows that';
COMMENT ON COLUMN reconcile_finding.event_name IS 'event_name of the Stripe meter; the subscription item''s id for usage records';
COMMENT ON COLUMN reconcile_finding.kind IS 'lost, doubled, foreign_writer, unknown_customer or unreadable; see docs/reconciliation.md';
COMMENT ON COLUMN reconcile_finding.told IS 'What Stripe should hold by what it was told';
COMMENT ON COLUMN reconcile_finding.held IS 'What its summaries say; null: it could not be asked';
COMMENT ON COLUMN reconcile_finding.resolved_at IS 'When the summaries agreed again; null: open';

-- One row: up to which of Stripe's error events the sweep has read.
CREATE TABLE reconcile_cursor (
    one_row    boolean     PRIMARY KEY DEFAULT true CHECK (one_row),
    created_at timestamptz NOT NULL DEFAULT report_now() - interval '1 day',
    event_id   text        NOT NULL DEFAULT '',
    read_at    timestamptz
);

INSERT INTO reconcile_cursor DEFAULT VALUES;

COMMENT ON TABLE reconcile_cursor IS 'The newest error event of Stripe''s that was taken in';
COMMENT ON COLUMN reconcile_cursor.read_at IS 'When error events were last asked for; also keeps two jobs from asking at once';
