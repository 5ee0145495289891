-- The order of work, what is taken with "next ticket", and handovers. (ROT-03, ROT-06, ROT-07, ROT-11)

-- A copy of what the fold and the handbook say, for lists. Old rows are placed by the wake-up below.
ALTER TABLE tickets ADD COLUMN work_rank BIGINT NOT NULL DEFAULT 6;
ALTER TABLE tickets ADD COLUMN area TEXT;
ALTER TABLE tickets ADD COLUMN is_answered BOOLEAN NOT NULL DEFAULT FALSE;

DROP INDEX tickets_by_team;
CREATE INDEX tickets_by_work ON tickets (team_id, work_rank, due_sort, created_at, id)
    WHERE status IN ('new', 'open') AND deleted_at IS NULL;
-- Also what nobody has: NULL is one owner more.
CREATE INDEX tickets_by_owner ON tickets (assignee_id, work_rank, due_sort, created_at, id)
    WHERE status IN ('new', 'open') AND deleted_at IS NULL;

INSERT INTO wakeups (subject_kind, subject_id, due_at)
    SELECT 'work', 0, max(updated_at) FROM tickets HAVING count(*) > 0;

-- Who has a ticket for a while, and who gave one back and why. Both are about people, not about the ticket.

CREATE TABLE leases (
    ticket_id BIGINT PRIMARY KEY,
    user_id BIGINT NOT NULL REFERENCES users (id),
    taken_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL
);
CREATE INDEX leases_by_user ON leases (user_id, until_at);

CREATE TABLE skips (
    id BIGINT PRIMARY KEY,
    ticket_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL REFERENCES users (id),
    reason TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    again_at BIGINT NOT NULL
);
CREATE INDEX skips_by_ticket ON skips (ticket_id, id);
CREATE INDEX skips_by_user ON skips (user_id, id);

-- What one week's hero leaves to the next. A row is made when the week begins.

CREATE TABLE handovers (
    team_id BIGINT NOT NULL REFERENCES teams (id),
    week_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    draw_at BIGINT NOT NULL,
    drawn_at BIGINT,
    passed_at BIGINT,
    from_id BIGINT,
    to_id BIGINT,
    PRIMARY KEY (team_id, week_at)
);
CREATE INDEX handovers_ahead ON handovers (team_id, week_at) WHERE passed_at IS NULL;

CREATE TABLE handover_lines (
    team_id BIGINT NOT NULL,
    week_at BIGINT NOT NULL,
    ticket_id BIGINT NOT NULL,
    work_rank BIGINT NOT NULL,
    mark TEXT,
    waits_until BIGINT,
    word TEXT NOT NULL,
    marked_by BIGINT,
    marked_at BIGINT,
    outcome TEXT,
    PRIMARY KEY (team_id, week_at, ticket_id)
);
