-- What has not left is counted without looking at everything that has.
CREATE INDEX outbox_unsent ON outbox (state, id) WHERE state <> 'sent';

-- The lists of what waits are counted from the index alone.
DROP INDEX tickets_by_due;
CREATE INDEX tickets_by_due ON tickets (due_sort, id, team_id, assignee_id, is_escalated, status, deleted_at)
    WHERE status IN ('new', 'open') AND deleted_at IS NULL;

-- All tickets of a team, for the day on which it is no more; unsolved ones of nobody's organization, for the day on which
-- one names its mail domain.
CREATE INDEX tickets_of_team ON tickets (team_id, id) WHERE deleted_at IS NULL;
CREATE INDEX tickets_of_strangers ON tickets (id)
    WHERE organization_id IS NULL AND deleted_at IS NULL AND status NOT IN ('solved', 'closed');

-- How often a severity that somebody stated was graded down: shown, never held against them. (PR-04)
ALTER TABLE users ADD COLUMN graded_down BIGINT NOT NULL DEFAULT 0;
