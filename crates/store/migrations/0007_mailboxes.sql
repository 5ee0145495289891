-- How mail comes in and goes out: what a mailbox listed and what was archived of it, who got a mail and who did not,
-- and which installation may speak for this data. (CH-03, NF-01, NF-02)

-- A mail is archived before it is decided; the same bytes are one mail, however often they come.
ALTER TABLE mails ADD COLUMN digest TEXT;
ALTER TABLE mails ADD COLUMN attempts BIGINT NOT NULL DEFAULT 0;
ALTER TABLE mails ADD COLUMN due_at BIGINT;
CREATE UNIQUE INDEX mails_by_digest ON mails (digest);
CREATE INDEX mails_due ON mails (due_at, id) WHERE due_at IS NOT NULL;

-- A mailbox we fetch: who does it, and how far.
CREATE TABLE mailboxes (
    name TEXT PRIMARY KEY,
    holder TEXT,
    held_until BIGINT NOT NULL DEFAULT 0,
    validity BIGINT NOT NULL DEFAULT 0,
    last_uid BIGINT NOT NULL DEFAULT 0,
    reached_at BIGINT,
    counted_at BIGINT,
    failing_since BIGINT,
    last_error TEXT
);

-- Every message a mailbox ever listed, and where it went: listed, archived, gone before it was fetched, or old.
CREATE TABLE arrivals (
    mailbox TEXT NOT NULL,
    validity BIGINT NOT NULL,
    uid BIGINT NOT NULL,
    day TEXT NOT NULL,
    listed_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    mail_id BIGINT,
    attempts BIGINT NOT NULL DEFAULT 0,
    due_at BIGINT NOT NULL,
    last_error TEXT,
    PRIMARY KEY (mailbox, validity, uid)
);
CREATE INDEX arrivals_open ON arrivals (mailbox, validity, due_at, uid) WHERE state = 'listed';
CREATE INDEX arrivals_by_day ON arrivals (day, mailbox, state);
CREATE INDEX arrivals_by_mail ON arrivals (mail_id) WHERE mail_id IS NOT NULL;

-- Who has taken a delivery, so that the same node takes it up again when it ended in between.
ALTER TABLE outbox ADD COLUMN claimed_by TEXT;

-- What became of a mail at each of those it was for.
CREATE TABLE recipients (
    delivery_id BIGINT NOT NULL,
    address TEXT NOT NULL,
    state TEXT NOT NULL,
    said TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (delivery_id, address)
);

-- Which installation speaks for this data. Another one that finds it is mute until somebody says otherwise.
CREATE TABLE installation (
    id BIGINT PRIMARY KEY,
    instance TEXT NOT NULL,
    place TEXT NOT NULL,
    public_url TEXT NOT NULL,
    alive_at BIGINT NOT NULL,
    muted_at BIGINT,
    muted_because TEXT
);

-- Whose reply tokens count, and up to which ticket: what happened after a backup was made did not happen here.
CREATE TABLE epochs (
    epoch BIGINT PRIMARY KEY,
    last_ticket BIGINT,
    began_at BIGINT NOT NULL
);
