-- How large a picture is, so that a page keeps its place before it is there. Files from before say nothing and stay links.

ALTER TABLE attachments ADD COLUMN width BIGINT;
ALTER TABLE attachments ADD COLUMN height BIGINT;
