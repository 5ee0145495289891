-- Weeks of heroes that began, and what people agreed on about others. (ROT-04, ROT-05)

CREATE TABLE rota_weeks (
    team_id BIGINT NOT NULL REFERENCES teams (id),
    from_at BIGINT NOT NULL,
    to_at BIGINT NOT NULL,
    turn_id BIGINT NOT NULL REFERENCES users (id),
    holder_id BIGINT NOT NULL REFERENCES users (id),
    swap_id BIGINT,
    rule TEXT NOT NULL,
    PRIMARY KEY (team_id, from_at)
);

CREATE TABLE rota_overrides (
    id BIGINT PRIMARY KEY,
    team_id BIGINT NOT NULL REFERENCES teams (id),
    holder_id BIGINT NOT NULL REFERENCES users (id),
    from_at BIGINT NOT NULL,
    to_at BIGINT NOT NULL,
    reason TEXT NOT NULL,
    made_by BIGINT,
    made_at BIGINT NOT NULL
);
CREATE INDEX rota_overrides_by_team ON rota_overrides (team_id, to_at, id);

CREATE TABLE rota_swaps (
    id BIGINT PRIMARY KEY,
    team_id BIGINT NOT NULL REFERENCES teams (id),
    state TEXT NOT NULL,
    asker_id BIGINT NOT NULL REFERENCES users (id),
    week_at BIGINT NOT NULL,
    other_id BIGINT NOT NULL REFERENCES users (id),
    return_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    answered_at BIGINT
);
CREATE INDEX rota_swaps_by_team ON rota_swaps (team_id, last_at, id);

CREATE TABLE rota_absences (
    id BIGINT PRIMARY KEY,
    user_id BIGINT NOT NULL REFERENCES users (id),
    team_id BIGINT REFERENCES teams (id),
    from_at BIGINT NOT NULL,
    to_at BIGINT,
    made_by BIGINT,
    made_at BIGINT NOT NULL
);
CREATE INDEX rota_absences_by_user ON rota_absences (user_id, to_at);
