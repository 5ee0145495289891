-- What is searched and filtered by, and saved views. Copies of what stands elsewhere: whatever is missing here is
-- written by a job after the upgrade, and by every change.

ALTER TABLE tickets ADD COLUMN kind TEXT;
ALTER TABLE tickets ADD COLUMN severity TEXT;
ALTER TABLE tickets ADD COLUMN via TEXT;
ALTER TABLE tickets ADD COLUMN submitter_id BIGINT;
ALTER TABLE tickets ADD COLUMN solved_at BIGINT;
CREATE INDEX tickets_by_creation ON tickets (created_at, id);
CREATE INDEX tickets_by_solution ON tickets (solved_at, id) WHERE solved_at IS NOT NULL;

CREATE TABLE ticket_tags (
    tag TEXT NOT NULL,
    ticket_id BIGINT NOT NULL,
    PRIMARY KEY (tag, ticket_id)
);
CREATE INDEX ticket_tags_by_ticket ON ticket_tags (ticket_id, tag);

CREATE TABLE ticket_ccs (
    user_id BIGINT NOT NULL,
    ticket_id BIGINT NOT NULL,
    PRIMARY KEY (user_id, ticket_id)
);
CREATE INDEX ticket_ccs_by_ticket ON ticket_ccs (ticket_id, user_id);

CREATE INDEX field_values_by_value ON field_values (field_id, value, ticket_id);

-- The words of texts, as tokens that were cut in Rust: the same on both engines. No text can be read from here.
-- sqlite
CREATE VIRTUAL TABLE search_tickets USING fts5 (first, second, third, content = '', contentless_delete = 1, tokenize = 'ascii', prefix = '3 4 5 6');
CREATE VIRTUAL TABLE search_comments USING fts5 (first, second, third, content = '', contentless_delete = 1, tokenize = 'ascii', prefix = '3 4 5 6');
CREATE VIRTUAL TABLE search_users USING fts5 (first, second, third, content = '', contentless_delete = 1, tokenize = 'ascii', prefix = '3 4 5 6');
CREATE VIRTUAL TABLE search_organizations USING fts5 (first, second, third, content = '', contentless_delete = 1, tokenize = 'ascii', prefix = '3 4 5 6');
-- end
-- postgres
CREATE TABLE search_tickets (id BIGINT PRIMARY KEY, tokens tsvector NOT NULL);
CREATE INDEX search_tickets_by_token ON search_tickets USING gin (tokens) WITH (gin_pending_list_limit = 512);
CREATE TABLE search_comments (id BIGINT PRIMARY KEY, tokens tsvector NOT NULL);
CREATE INDEX search_comments_by_token ON search_comments USING gin (tokens) WITH (gin_pending_list_limit = 512);
CREATE TABLE search_users (id BIGINT PRIMARY KEY, tokens tsvector NOT NULL);
CREATE INDEX search_users_by_token ON search_users USING gin (tokens) WITH (gin_pending_list_limit = 512);
CREATE TABLE search_organizations (id BIGINT PRIMARY KEY, tokens tsvector NOT NULL);
CREATE INDEX search_organizations_by_token ON search_organizations USING gin (tokens) WITH (gin_pending_list_limit = 512);
-- end

-- How far the job has come that writes all this for what was there before; no row is done.
CREATE TABLE search_backfill (
    kind TEXT PRIMARY KEY,
    upto BIGINT NOT NULL
);
INSERT INTO search_backfill (kind, upto) SELECT 'users', 0 WHERE EXISTS (SELECT 1 FROM users);
INSERT INTO search_backfill (kind, upto) SELECT 'organizations', 0 WHERE EXISTS (SELECT 1 FROM users);
INSERT INTO search_backfill (kind, upto) SELECT 'tickets', 0 WHERE EXISTS (SELECT 1 FROM users);
INSERT INTO search_backfill (kind, upto) SELECT 'comments', 0 WHERE EXISTS (SELECT 1 FROM users);
INSERT INTO wakeups (subject_kind, subject_id, due_at)
    SELECT 'search', 0, max(updated_at) FROM users HAVING count(*) > 0;

-- Lists that people keep: a query in the language of searches.
CREATE TABLE views (
    id BIGINT PRIMARY KEY,
    slug TEXT NOT NULL,
    title TEXT NOT NULL,
    description TEXT,
    query TEXT NOT NULL,
    columns TEXT NOT NULL,
    is_active BOOLEAN NOT NULL,
    position BIGINT NOT NULL,
    owner_id BIGINT,
    team_id BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX views_by_slug ON views (slug);
CREATE INDEX views_by_position ON views (position, id);
