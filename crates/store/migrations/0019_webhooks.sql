-- Other programs that are told. What proves us to them is sealed with the installation's key.
CREATE TABLE webhooks (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    description TEXT,
    is_active BOOLEAN NOT NULL,
    endpoint TEXT NOT NULL,
    http_method TEXT NOT NULL,
    request_format TEXT NOT NULL,
    subscriptions TEXT NOT NULL,
    authentication TEXT,
    custom_headers TEXT,
    secret TEXT NOT NULL,
    created_by BIGINT,
    created_at BIGINT NOT NULL,
    updated_by BIGINT,
    updated_at BIGINT NOT NULL
);

-- Which deliveries are theirs, and what became of each attempt.
CREATE TABLE webhook_invocations (
    delivery_id BIGINT PRIMARY KEY,
    webhook_id BIGINT NOT NULL
);
CREATE INDEX webhook_invocations_of ON webhook_invocations (webhook_id, delivery_id);

CREATE TABLE webhook_attempts (
    id BIGINT PRIMARY KEY,
    delivery_id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    status_code BIGINT,
    outcome TEXT NOT NULL,
    response TEXT NOT NULL
);
CREATE INDEX webhook_attempts_of ON webhook_attempts (delivery_id, id);

-- When a token was used last, to the hour, and what it is for.
ALTER TABLE api_tokens ADD COLUMN name TEXT;
ALTER TABLE api_tokens ADD COLUMN used_at BIGINT;
CREATE INDEX api_tokens_by_user ON api_tokens (user_id, id);

-- Deliveries by number, whatever became of them.
CREATE INDEX outbox_by_channel ON outbox (channel, id);
