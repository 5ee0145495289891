-- What people did last and can take back until the tickets change again: their change sets, without any words.
CREATE TABLE undos (
    id TEXT PRIMARY KEY,
    user_id BIGINT NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    content TEXT NOT NULL
);
CREATE INDEX undos_by_user ON undos (user_id, created_at);
