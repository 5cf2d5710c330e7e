-- A change that was asked for can be overtaken: its subscription ended first, and the customer has another one. It is nobody's to finish.

ALTER TABLE billing_change DROP CONSTRAINT billing_change_state_check;
ALTER TABLE billing_change ADD CONSTRAINT billing_change_state_check CHECK (state IN ('asked', 'changed', 'done', 'overtaken'));

DROP INDEX billing_change_one_open;
CREATE UNIQUE INDEX billing_change_one_open ON billing_change (customer_id) WHERE state IN ('asked', 'changed');

COMMENT ON COLUMN billing_change.state IS 'asked: Stripe may or may not have done it; changed: it has, the hours are not sealed yet; done; overtaken: the subscription ended first';
