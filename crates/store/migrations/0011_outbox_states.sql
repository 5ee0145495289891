-- What has not left is counted without looking at everything that has.

CREATE INDEX outbox_unsent ON outbox (state, id) WHERE state <> 'sent';
