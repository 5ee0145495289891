-- What somebody is writing and has not sent. Each device has its own copy; the newest is shown, the others are offered.
CREATE TABLE drafts (
    user_id BIGINT NOT NULL REFERENCES users (id),
    ticket_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    device TEXT NOT NULL,
    device_name TEXT NOT NULL,
    text TEXT NOT NULL,
    upload TEXT,
    saved_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, ticket_id, kind, device)
);

-- Until then a reply can be taken back, and customers do not see it.
ALTER TABLE comments ADD COLUMN leaves_at BIGINT;
