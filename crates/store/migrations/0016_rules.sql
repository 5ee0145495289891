-- Triggers and automations: a condition in the language of searches, and a list of the API's action objects.
CREATE TABLE rules (
    id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    description TEXT,
    condition TEXT NOT NULL,
    actions TEXT NOT NULL,
    is_active BOOLEAN NOT NULL,
    position BIGINT NOT NULL,
    made_by BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX rules_by_position ON rules (kind, position, id);

-- What each of them did, and what it could not do.
CREATE TABLE rule_runs (
    id BIGINT PRIMARY KEY,
    rule_id BIGINT NOT NULL,
    ticket_id BIGINT NOT NULL,
    audit_id BIGINT,
    at BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    details TEXT NOT NULL
);
CREATE INDEX rule_runs_of_rule ON rule_runs (rule_id, id);
CREATE INDEX rule_runs_of_ticket ON rule_runs (ticket_id, id);

-- Since when a ticket has its status and its assignee: what time is counted from.
ALTER TABLE tickets ADD COLUMN status_since BIGINT;
ALTER TABLE tickets ADD COLUMN assigned_at BIGINT;
