-- A ticket that continues a closed one, so that the closed one can name it. (ST-06)

ALTER TABLE tickets ADD COLUMN follow_up_of BIGINT;
CREATE INDEX tickets_by_source ON tickets (follow_up_of, id) WHERE follow_up_of IS NOT NULL;
