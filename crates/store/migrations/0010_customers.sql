-- Who customers are: keys that apps sign with, what was claimed with a ticket, and links that prove an address.
-- (CH-01, CH-02)

-- `material` is a public key, or a secret sealed with the installation's key, which is not in the database.
CREATE TABLE identity_keys (
    id TEXT PRIMARY KEY,
    algorithm TEXT NOT NULL,
    material TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);

-- What the door knew of a ticket's requester. Without a row: nothing but the account.
CREATE TABLE claims (
    ticket_id BIGINT PRIMARY KEY,
    content TEXT NOT NULL
);

-- One-time links of customers: with a person they sign in, with a ticket alone they let somebody claim it.
CREATE TABLE customer_links (
    token_hash TEXT PRIMARY KEY,
    user_id BIGINT REFERENCES users (id),
    ticket_id BIGINT,
    claim_hash TEXT,
    session_seconds BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX customer_links_by_expiry ON customer_links (expires_at);

-- 'own': a session that sees its person's own requests and nothing else, whatever their role.
ALTER TABLE sessions ADD COLUMN scope TEXT;
