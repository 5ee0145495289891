-- Files, and what is known of a mail without reading it again. (CH-03)

-- Who sent a file ahead, and the token it can be bound with; none once it belongs to a comment.
ALTER TABLE attachments ADD COLUMN upload_hash TEXT;
ALTER TABLE attachments ADD COLUMN uploader_id BIGINT;
CREATE INDEX attachments_by_upload ON attachments (upload_hash, id) WHERE upload_hash IS NOT NULL;
CREATE INDEX attachments_by_hash ON attachments (hash, id);
CREATE INDEX attachments_unbound ON attachments (created_at, id) WHERE comment_id IS NULL;

-- A long mail is a blob, and its own column is empty.
ALTER TABLE mails ADD COLUMN hash TEXT;
ALTER TABLE mails ADD COLUMN sender TEXT;
ALTER TABLE mails ADD COLUMN sender_name TEXT;
ALTER TABLE mails ADD COLUMN subject TEXT;
ALTER TABLE mails ADD COLUMN message_id TEXT;
ALTER TABLE mails ADD COLUMN excerpt TEXT;
ALTER TABLE mails ADD COLUMN trust TEXT;
ALTER TABLE mails ADD COLUMN decided_at BIGINT;
ALTER TABLE mails ADD COLUMN decided_by BIGINT;
CREATE INDEX mails_by_comment ON mails (comment_id) WHERE comment_id IS NOT NULL;
CREATE INDEX mails_by_hash ON mails (hash) WHERE hash IS NOT NULL;
CREATE INDEX mails_by_sender ON mails (sender, received_at) WHERE sender IS NOT NULL;

-- At most so many automatic mails an address and hour.
CREATE INDEX outbox_automatic ON outbox (recipients, finished_at) WHERE is_automatic AND state = 'sent';
