-- What people are told, what becomes of their work while they are away, secret links of calendars, and digests.

CREATE TABLE notices (
    id BIGINT PRIMARY KEY,
    user_id BIGINT NOT NULL REFERENCES users (id),
    key TEXT NOT NULL,
    at BIGINT NOT NULL,
    what TEXT NOT NULL,
    ticket_id BIGINT,
    team_id BIGINT,
    by_id BIGINT,
    read_at BIGINT,
    mail TEXT NOT NULL,
    mailed_at BIGINT
);
CREATE UNIQUE INDEX notices_by_key ON notices (user_id, key);
CREATE INDEX notices_by_user ON notices (user_id, id);
CREATE INDEX notices_unread ON notices (user_id, ticket_id) WHERE read_at IS NULL;
CREATE INDEX notices_waiting ON notices (user_id, id) WHERE mail = 'waits';
CREATE INDEX notices_mailed_of_tickets ON notices (user_id, mailed_at)
    WHERE mailed_at IS NOT NULL AND ticket_id IS NOT NULL;
CREATE INDEX notices_mailed_of_others ON notices (user_id, mailed_at)
    WHERE mailed_at IS NOT NULL AND ticket_id IS NULL;

-- What somebody has chosen for themselves, as a document.
CREATE TABLE preferences (
    user_id BIGINT PRIMARY KEY REFERENCES users (id),
    content TEXT NOT NULL
);

CREATE INDEX rota_absences_by_end ON rota_absences (to_at, id);

-- Tickets that went to somebody else, or to nobody, because of an absence.
CREATE TABLE moved_work (
    absence_id BIGINT NOT NULL REFERENCES rota_absences (id),
    ticket_id BIGINT NOT NULL,
    to_id BIGINT,
    PRIMARY KEY (absence_id, ticket_id)
);

-- How often a secret link of a calendar was renewed; the link follows from that and the installation's key.
CREATE TABLE calendar_links (
    subject_kind TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    renewed BIGINT NOT NULL,
    PRIMARY KEY (subject_kind, subject_id)
);

-- Digests that were edited or sent. The week is the date of its Monday.
CREATE TABLE digests (
    team_id BIGINT NOT NULL REFERENCES teams (id),
    week TEXT NOT NULL,
    version BIGINT NOT NULL,
    text TEXT NOT NULL,
    edited_by BIGINT,
    edited_at BIGINT NOT NULL,
    sent_by BIGINT,
    sent_at BIGINT,
    PRIMARY KEY (team_id, week)
);
