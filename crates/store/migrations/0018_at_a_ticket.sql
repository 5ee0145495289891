-- What is between a person and a ticket and says nothing about the ticket itself: none of it is in the log.

-- Who looks at a ticket or writes on it, and until when that is believed.
CREATE TABLE presence (
    ticket_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL REFERENCES users (id),
    until_at BIGINT NOT NULL,
    writing_until BIGINT NOT NULL,
    PRIMARY KEY (ticket_id, user_id)
);
CREATE INDEX presence_by_end ON presence (until_at);

-- Hidden from somebody's own lists until an instant.
CREATE TABLE snoozes (
    ticket_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL REFERENCES users (id),
    until_at BIGINT NOT NULL,
    PRIMARY KEY (ticket_id, user_id)
);
CREATE INDEX snoozes_by_user ON snoozes (user_id, until_at);

-- Who wants to be told of what is said.
CREATE TABLE follows (
    ticket_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL REFERENCES users (id),
    since BIGINT NOT NULL,
    PRIMARY KEY (ticket_id, user_id)
);

-- How far somebody has read.
CREATE TABLE readings (
    user_id BIGINT NOT NULL REFERENCES users (id),
    ticket_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    read_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, ticket_id)
);
