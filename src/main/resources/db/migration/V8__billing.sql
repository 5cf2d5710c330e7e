-- Subscriptions and invoices as Stripe has them, what was decided about each invoice, and how late usage is carried into an open period.
-- Only adds.

-- The mirror: tallymark stripe-sync and the webhook write it, from whole objects that were read from Stripe. seen_at is when that was.
CREATE TABLE billing_subscription (
    subscription_id    text        PRIMARY KEY,
    stripe_customer_id text        NOT NULL,
    status             text        NOT NULL,
    billing_mode       text        NOT NULL,
    currency           text        NOT NULL,
    billing_anchor     timestamptz NOT NULL,
    started_at         timestamptz NOT NULL,
    cancel_at          timestamptz,
    ended_at           timestamptz,
    plan               text,
    schedule_id        text,
    created_at         timestamptz NOT NULL,
    seen_at            timestamptz NOT NULL
);

CREATE INDEX billing_subscription_by_customer ON billing_subscription (stripe_customer_id);

COMMENT ON TABLE billing_subscription IS 'Stripe''s subscriptions, as last read';
COMMENT ON COLUMN billing_subscription.billing_mode IS 'flexible, or classic, which drops usage before a change of price';
COMMENT ON COLUMN billing_subscription.plan IS 'Plan of catalog.yaml, from the metadata; null: not created by tallymark';
COMMENT ON COLUMN billing_subscription.schedule_id IS 'Schedule that changes it at the end of a period; null: none';

CREATE TABLE billing_subscription_item (
    subscription_item_id text        PRIMARY KEY,
    subscription_id      text        NOT NULL REFERENCES billing_subscription ON DELETE CASCADE,
    price_id             text        NOT NULL,
    lookup_key           text,
    usage_type           text        NOT NULL CHECK (usage_type IN ('licensed', 'metered')),
    meter_id             text,
    metric               text,
    recurring_interval   text        NOT NULL,
    interval_count       integer     NOT NULL,
    quantity             bigint,
    period_start         timestamptz NOT NULL,
    period_end           timestamptz NOT NULL,
    created_at           timestamptz NOT NULL,
    removed_at           timestamptz,
    seen_at              timestamptz NOT NULL
);

CREATE INDEX billing_subscription_item_by_subscription ON billing_subscription_item (subscription_id);

COMMENT ON TABLE billing_subscription_item IS 'Items of those subscriptions; one that Stripe lists no more stays, with removed_at';
COMMENT ON COLUMN billing_subscription_item.meter_id IS 'Of a metered price; null on one from before meters';
COMMENT ON COLUMN billing_subscription_item.metric IS 'Whose usage it bills, by the event name of its meter, or by the price''s metadata without one';
COMMENT ON COLUMN billing_subscription_item.period_start IS 'Current period, inside';
COMMENT ON COLUMN billing_subscription_item.period_end IS 'Current period, outside';

CREATE TABLE billing_invoice (
    invoice_id         text        PRIMARY KEY,
    stripe_customer_id text        NOT NULL,
    subscription_id    text,
    status             text        NOT NULL CHECK (status IN ('draft', 'open', 'paid', 'void', 'uncollectible')),
    billing_reason     text        NOT NULL,
    currency           text        NOT NULL,
    total              numeric     NOT NULL,
    period_start       timestamptz NOT NULL,
    period_end         timestamptz NOT NULL,
    auto_advance       boolean     NOT NULL,
    finalizes_at       timestamptz,
    created_at         timestamptz NOT NULL,
    finalized_at       timestamptz,
    seen_at            timestamptz NOT NULL
);

CREATE INDEX billing_invoice_by_customer ON billing_invoice (stripe_customer_id, period_end);
CREATE INDEX billing_invoice_drafts ON billing_invoice (created_at) WHERE status = 'draft';

COMMENT ON TABLE billing_invoice IS 'Stripe''s invoices, as last read';
COMMENT ON COLUMN billing_invoice.total IS 'In the currency''s minor unit';
COMMENT ON COLUMN billing_invoice.period_end IS 'Outside; metered lines bill the period that ends here';
COMMENT ON COLUMN billing_invoice.finalizes_at IS 'When Stripe finalizes the draft by itself; null: it does not';

CREATE TABLE billing_invoice_line (
    invoice_id           text        NOT NULL REFERENCES billing_invoice ON DELETE CASCADE,
    line_number          integer     NOT NULL,
    line_id              text        NOT NULL,
    subscription_item_id text,
    price_id             text,
    metric               text,
    description          text        NOT NULL,
    quantity             numeric     NOT NULL,
    amount               numeric     NOT NULL,
    proration            boolean     NOT NULL,
    period_start         timestamptz NOT NULL,
    period_end           timestamptz NOT NULL,
    PRIMARY KEY (invoice_id, line_number)
);

COMMENT ON TABLE billing_invoice_line IS 'Their lines, in Stripe''s order';
COMMENT ON COLUMN billing_invoice_line.metric IS 'Of a metered price; null: a fee';
COMMENT ON COLUMN billing_invoice_line.amount IS 'In the currency''s minor unit';

-- One row: when everything was last read. A single object may be newer.
CREATE TABLE billing_mirror (
    one_row   boolean     PRIMARY KEY DEFAULT true CHECK (one_row),
    synced_at timestamptz
);

INSERT INTO billing_mirror DEFAULT VALUES;

COMMENT ON TABLE billing_mirror IS 'When the mirror was last brought up to Stripe as a whole';
COMMENT ON COLUMN billing_mirror.synced_at IS 'When that reading began; null: never';

-- What a person asked to be done to a subscription: written before the first call, so that the command can be run again from any point.
CREATE TABLE billing_change (
    change_id       bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id     text        NOT NULL,
    subscription_id text        NOT NULL,
    kind            text        NOT NULL CHECK (kind IN ('change now', 'change at period end', 'cancel at hour end', 'cancel now')),
    plan            text,
    metrics         text[]      NOT NULL,
    ends_at         timestamptz,
    state           text        NOT NULL CHECK (state IN ('asked', 'changed', 'done')),
    changed_at      timestamptz,
    asked_at        timestamptz NOT NULL DEFAULT report_now(),
    done_at         timestamptz,
    CHECK (state <> 'changed' OR changed_at IS NOT NULL)
);

CREATE UNIQUE INDEX billing_change_one_open ON billing_change (customer_id) WHERE state <> 'done';

COMMENT ON TABLE billing_change IS 'Changes and cancellations of subscriptions that were asked for, and how far they are';
COMMENT ON COLUMN billing_change.metrics IS 'Whose hours are sealed by it';
COMMENT ON COLUMN billing_change.ends_at IS 'Of a cancellation at an hour''s end: that end';
COMMENT ON COLUMN billing_change.state IS 'asked: Stripe may or may not have done it; changed: it has, the hours are not sealed yet; done';
COMMENT ON COLUMN billing_change.changed_at IS 'When it took effect, as Stripe''s object says';

-- The close: one row for each invoice that was looked at.
CREATE TABLE billing_close (
    invoice_id   text        PRIMARY KEY,
    customer_id  text        NOT NULL,
    period_start timestamptz NOT NULL,
    period_end   timestamptz NOT NULL,
    state        text        NOT NULL CHECK (state IN ('open', 'closing', 'closed')),
    reasons      jsonb       NOT NULL DEFAULT '[]',
    held_since   timestamptz,
    alarmed_at   timestamptz,
    closing_at   timestamptz,
    closed_at    timestamptz,
    closed_by    text,
    checked_at   timestamptz NOT NULL
);

COMMENT ON TABLE billing_close IS 'Whether an invoice may be finalized, and who let it';
COMMENT ON COLUMN billing_close.state IS 'open: not decided or held; closing: go, about to be finalized; closed: finalized';
COMMENT ON COLUMN billing_close.reasons IS 'Why not, as of checked_at: [{"reason": …, "detail": …}]';
COMMENT ON COLUMN billing_close.held_since IS 'Since when Tallymark keeps the draft from being finalized; null: it does not';
COMMENT ON COLUMN billing_close.alarmed_at IS 'When the deadline of a hold passed and somebody was told';

-- Up to where the hours of a customer and meter are billed for good: what Stripe is told of them later is billed nowhere.
CREATE TABLE billing_seal (
    customer_id   text        NOT NULL,
    metric        text        NOT NULL,
    sealed_before timestamptz NOT NULL,
    late          text        NOT NULL CHECK (late IN ('carry', 'hold', 'drop')),
    carry_to      timestamptz CHECK (carry_to = date_trunc('hour', carry_to, 'UTC') AND carry_to >= sealed_before),
    cause         text        NOT NULL,
    sealed_at     timestamptz NOT NULL DEFAULT report_now(),
    PRIMARY KEY (customer_id, metric, sealed_before),
    CHECK ((late = 'drop') = (carry_to IS NULL))
);

COMMENT ON TABLE billing_seal IS 'Hours that begin before sealed_before are billed for good; the newest seal says what becomes of later usage';
COMMENT ON COLUMN billing_seal.late IS
    'carry: billed with the hour carry_to; hold: waits until a person sets carry or drop; drop: unreportable, as after a cancellation';
COMMENT ON COLUMN billing_seal.carry_to IS 'First hour of the open period';
COMMENT ON COLUMN billing_seal.cause IS 'Such as: invoice in_… finalized';

-- Late usage, carried from a sealed hour into an open one. What Stripe is to know of an hour is its total, less what was carried away from
-- it, plus what was carried to it.
CREATE TABLE billing_carry (
    carry_id    bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id text        NOT NULL,
    metric      text        NOT NULL,
    from_hour   timestamptz NOT NULL CHECK (from_hour = date_trunc('hour', from_hour, 'UTC')),
    to_hour     timestamptz NOT NULL CHECK (to_hour = date_trunc('hour', to_hour, 'UTC') AND to_hour > from_hour),
    amount      numeric     NOT NULL CHECK (amount <> 0),
    told        boolean     NOT NULL,
    cause       text        NOT NULL,
    carried_at  timestamptz NOT NULL DEFAULT report_now()
);

CREATE INDEX billing_carry_from ON billing_carry (metric, customer_id, from_hour);
CREATE INDEX billing_carry_to ON billing_carry (metric, customer_id, to_hour);

COMMENT ON TABLE billing_carry IS 'Append-only: usage that came after its hour was billed, and the hour with which it is billed instead';
COMMENT ON COLUMN billing_carry.told IS 'Whether Stripe was told it with from_hour as well, too late for the invoice: then from_hour owes nothing';

-- What an hour owes to other hours, or they to it.
CREATE FUNCTION carried_usage(of_metric text, of_customer text, of_hour timestamptz) RETURNS numeric
    LANGUAGE sql STABLE AS
$$
    SELECT coalesce((SELECT sum(amount) FROM billing_carry
                     WHERE metric = of_metric AND customer_id = of_customer AND to_hour = of_hour), 0)
         - coalesce((SELECT sum(amount) FROM billing_carry
                     WHERE metric = of_metric AND customer_id = of_customer AND from_hour = of_hour AND NOT told), 0)
$$;

COMMENT ON FUNCTION carried_usage IS 'Usage carried to the hour, less what was carried away: its total plus this is what Stripe is to know of it';

CREATE TRIGGER billing_carry_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON billing_carry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change();

CREATE OR REPLACE FUNCTION refuse_ledger_change() RETURNS trigger
    LANGUAGE plpgsql AS
$$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
        USING HINT = 'Post a correcting entry instead.';
END
$$;

-- carried: between the hour where usage happened and the one with which it is billed. Its balance is what Stripe was told in vain, negative.
ALTER TABLE ledger_entry DROP CONSTRAINT ledger_entry_from_account_check;
ALTER TABLE ledger_entry DROP CONSTRAINT ledger_entry_to_account_check;
ALTER TABLE ledger_entry ADD CONSTRAINT ledger_entry_from_account_check
    CHECK (from_account IN ('metered', 'unreported', 'reported', 'unreportable', 'carried'));
ALTER TABLE ledger_entry ADD CONSTRAINT ledger_entry_to_account_check
    CHECK (to_account IN ('metered', 'unreported', 'reported', 'unreportable', 'carried'));

-- Webhook deliveries that were taken: each event once.
CREATE TABLE webhook_event (
    event_id    text        PRIMARY KEY,
    type        text        NOT NULL,
    object_id   text        NOT NULL,
    created_at  timestamptz NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    deliveries  integer     NOT NULL DEFAULT 1,
    answer      integer     NOT NULL,
    detail      text        NOT NULL DEFAULT ''
);

CREATE INDEX webhook_event_by_age ON webhook_event (received_at);

COMMENT ON TABLE webhook_event IS 'Webhook events by id, and what the last delivery of each was answered';
COMMENT ON COLUMN webhook_event.object_id IS 'What it is about; empty when the event does not say';
COMMENT ON COLUMN webhook_event.received_at IS 'When the delivery that was handled last came';
COMMENT ON COLUMN webhook_event.deliveries IS 'All of them, those that were not handled included';
COMMENT ON COLUMN webhook_event.answer IS 'HTTP status: 200 accepted, 409 held, 500 failed; 0: being handled';
COMMENT ON COLUMN webhook_event.detail IS 'Why it was held or failed';
