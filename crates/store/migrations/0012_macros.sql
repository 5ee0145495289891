-- Prepared words and changes that people apply by hand. `actions` is a list of the API's action objects.
CREATE TABLE macros (
    id BIGINT PRIMARY KEY,
    title TEXT NOT NULL,
    description TEXT,
    actions TEXT NOT NULL,
    is_active BOOLEAN NOT NULL,
    position BIGINT NOT NULL,
    owner_id BIGINT,
    team_id BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX macros_by_position ON macros (position, id);
CREATE INDEX macros_of_owner ON macros (owner_id, position, id) WHERE owner_id IS NOT NULL;
