-- How requesters found the help: one row a ticket, whoever was asked or has said so. (CS-02, CS-05, CS-09)

CREATE TABLE surveys (
    id BIGINT PRIMARY KEY,
    ticket_id BIGINT NOT NULL,
    requester_id BIGINT NOT NULL,
    organization_id BIGINT,
    team_id BIGINT NOT NULL,
    first_line_id BIGINT NOT NULL,
    escalated_id BIGINT,
    assignee_id BIGINT,
    area TEXT,
    priority TEXT NOT NULL,
    locale TEXT NOT NULL,
    solved_at BIGINT,
    issued_at BIGINT,
    expires_at BIGINT,
    delivery_id BIGINT,
    rating BIGINT,
    comment TEXT,
    answered_at BIGINT,
    first_answered_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
-- Never twice, whatever happens.
CREATE UNIQUE INDEX surveys_by_ticket ON surveys (ticket_id);
CREATE INDEX surveys_by_age ON surveys (created_at, id);
CREATE INDEX surveys_by_requester ON surveys (requester_id, issued_at) WHERE issued_at IS NOT NULL;

-- Everything that was said, also what was changed later. The last one counts. The words are erasable.
CREATE TABLE survey_answers (
    id BIGINT PRIMARY KEY,
    survey_id BIGINT NOT NULL REFERENCES surveys (id),
    rating BIGINT,
    comment TEXT,
    salt TEXT NOT NULL,
    via TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX survey_answers_by_survey ON survey_answers (survey_id, id);

-- Who wants no surveys. (CS-03)
CREATE TABLE survey_refusals (
    user_id BIGINT PRIMARY KEY REFERENCES users (id),
    at BIGINT NOT NULL
);
