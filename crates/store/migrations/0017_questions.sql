-- Public questions and their answers, and what readers say about a question's page. (COM-01, COM-03, CH-04)

CREATE TABLE questions (
    id BIGINT PRIMARY KEY,
    state TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    html TEXT NOT NULL,
    area TEXT,
    locale TEXT NOT NULL,
    -- The answer on top.
    accepted_answer_id BIGINT,
    -- The private ticket it was written from: known to us alone.
    ticket_id BIGINT,
    -- Counts the changes of its words, so that a verdict says which ones were read.
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX questions_by_state ON questions (state, id);
CREATE INDEX questions_by_ticket ON questions (ticket_id, id) WHERE ticket_id IS NOT NULL;

CREATE TABLE answers (
    id BIGINT PRIMARY KEY,
    question_id BIGINT NOT NULL REFERENCES questions (id),
    author_id BIGINT NOT NULL,
    body TEXT NOT NULL,
    html TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX answers_by_question ON answers (question_id, id);

-- "Was this page useful?", counted by version, and the words of those who had any.
CREATE TABLE page_verdicts (
    question_id BIGINT NOT NULL REFERENCES questions (id),
    version BIGINT NOT NULL,
    useful BIGINT NOT NULL,
    useless BIGINT NOT NULL,
    PRIMARY KEY (question_id, version)
);
CREATE TABLE page_remarks (
    id BIGINT PRIMARY KEY,
    question_id BIGINT NOT NULL REFERENCES questions (id),
    version BIGINT NOT NULL,
    is_useful BOOLEAN NOT NULL,
    words TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX page_remarks_by_question ON page_remarks (question_id, id);

-- sqlite
CREATE VIRTUAL TABLE search_questions USING fts5 (first, second, third, content = '', contentless_delete = 1, tokenize = 'ascii', prefix = '3 4 5 6');
-- end
-- postgres
CREATE TABLE search_questions (id BIGINT PRIMARY KEY, tokens tsvector NOT NULL);
CREATE INDEX search_questions_by_token ON search_questions USING gin (tokens) WITH (gin_pending_list_limit = 512);
-- end
