-- What follows from a press that may be taken back is mailed no sooner than it cannot be any more.
ALTER TABLE notices ADD COLUMN not_before BIGINT;

-- How many had found a page of no use when somebody marked its gap as mended: it opens again once there are more.
ALTER TABLE page_verdicts ADD COLUMN mended BIGINT NOT NULL DEFAULT 0;
