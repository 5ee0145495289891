-- What reports count. One row for each thing that happened and is counted, written in the transaction of its event; added
-- up by the week a moment later, by a job. Neither holds words or names of anybody.

CREATE TABLE report_facts (
    ticket_id BIGINT NOT NULL,
    place BIGINT NOT NULL,
    measure TEXT NOT NULL,
    clock BIGINT,
    at BIGINT NOT NULL,
    week BIGINT NOT NULL,
    level TEXT NOT NULL,
    team_id BIGINT NOT NULL,
    area TEXT NOT NULL,
    channel TEXT NOT NULL,
    language TEXT NOT NULL,
    plan TEXT NOT NULL,
    hero_id BIGINT,
    value BIGINT NOT NULL,
    counts BOOLEAN NOT NULL,
    aside BOOLEAN NOT NULL,
    -- Whether it is part of the weekly sums, and whether those have still to be told of it.
    folded BOOLEAN NOT NULL,
    pending BOOLEAN NOT NULL,
    PRIMARY KEY (ticket_id, place, measure)
);
CREATE INDEX report_facts_by_week ON report_facts (measure, week, ticket_id, place) WHERE counts;
CREATE INDEX report_facts_pending ON report_facts (ticket_id, place) WHERE pending;
-- Stays in the backlog by the week in which they ended.
CREATE INDEX report_facts_backlog ON report_facts (value, ticket_id, place, week) WHERE measure = 'waiting';

-- The sums: of each measure, by one dimension, how often which value in a week.
CREATE TABLE report_weeks (
    measure TEXT NOT NULL,
    dimension TEXT NOT NULL,
    week BIGINT NOT NULL,
    level TEXT NOT NULL,
    name TEXT NOT NULL,
    counts BYTEA NOT NULL,
    PRIMARY KEY (measure, dimension, week, level, name)
);

-- What requesters were told to expect, and what became of it. The words are in the log.
CREATE TABLE promises (
    ticket_id BIGINT NOT NULL,
    place BIGINT NOT NULL,
    at BIGINT NOT NULL,
    saying TEXT NOT NULL,
    due_at BIGINT,
    clock BIGINT,
    outcome TEXT NOT NULL,
    settled_at BIGINT,
    level TEXT NOT NULL,
    team_id BIGINT NOT NULL,
    PRIMARY KEY (ticket_id, place)
);
CREATE INDEX promises_by_time ON promises (at, ticket_id, place);
CREATE INDEX promises_by_outcome ON promises (outcome, at, ticket_id, place);
CREATE INDEX promises_by_team ON promises (team_id, at, ticket_id, place);

-- Who wants which report by mail every week.
CREATE TABLE report_mails (
    user_id BIGINT NOT NULL,
    report TEXT NOT NULL,
    query TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, report)
);

-- How far the job has come that reads the logs from before there were these tables; no row is done.
CREATE TABLE report_backfill (
    upto BIGINT NOT NULL
);
INSERT INTO report_backfill (upto) SELECT 0 WHERE EXISTS (SELECT 1 FROM tickets);
INSERT INTO wakeups (subject_kind, subject_id, due_at)
    SELECT 'reports', 0, max(updated_at) FROM tickets HAVING count(*) > 0;
