-- What is not solved is counted from the index alone, however much is over.
CREATE INDEX tickets_unsolved ON tickets (team_id, priority, status)
    WHERE status IN ('new', 'open', 'pending', 'hold') AND deleted_at IS NULL;
