-- The desk from its first day. One dialect for both engines: the runner translates BIGINT, BOOLEAN, BYTEA and the
-- key column for SQLite. Instants are microseconds since the epoch, UTC. Texts that are compared are folded in Rust.

CREATE TABLE handbooks (
    version TEXT PRIMARY KEY,
    content TEXT NOT NULL,
    stored_at BIGINT NOT NULL
);

CREATE TABLE activations (
    id BIGINT PRIMARY KEY,
    version TEXT NOT NULL REFERENCES handbooks (version),
    at BIGINT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id TEXT NOT NULL
);

-- People, their addresses and where they belong.

CREATE TABLE users (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    role TEXT NOT NULL,
    email TEXT,
    external_id TEXT,
    external_folded TEXT,
    locale TEXT,
    time_zone TEXT,
    is_verified BOOLEAN NOT NULL,
    is_suspended BOOLEAN NOT NULL,
    is_active BOOLEAN NOT NULL,
    organization_id BIGINT,
    phone TEXT,
    alias TEXT,
    details TEXT,
    notes TEXT,
    tags TEXT NOT NULL,
    fields TEXT NOT NULL,
    password_hash TEXT,
    last_login_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    changed BIGINT NOT NULL
);
CREATE UNIQUE INDEX users_by_external_id ON users (external_folded) WHERE external_folded IS NOT NULL AND is_active;
CREATE INDEX users_by_name ON users (name_folded, id);
CREATE INDEX users_by_role ON users (role, id);
CREATE INDEX users_by_organization ON users (organization_id, id);
CREATE INDEX users_by_change ON users (changed, id);

CREATE TABLE identities (
    id BIGINT PRIMARY KEY,
    user_id BIGINT NOT NULL REFERENCES users (id),
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    folded TEXT NOT NULL,
    is_primary BOOLEAN NOT NULL,
    is_verified BOOLEAN NOT NULL,
    undeliverable TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX identities_by_value ON identities (kind, folded);
CREATE INDEX identities_by_user ON identities (user_id, id);

CREATE TABLE organizations (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    external_id TEXT,
    external_folded TEXT,
    details TEXT,
    notes TEXT,
    team_id BIGINT,
    shared_tickets BOOLEAN NOT NULL,
    shared_comments BOOLEAN NOT NULL,
    tags TEXT NOT NULL,
    fields TEXT NOT NULL,
    facts_source TEXT,
    facts_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    deleted_at BIGINT
);
CREATE UNIQUE INDEX organizations_by_name ON organizations (name_folded) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX organizations_by_external_id ON organizations (external_folded)
    WHERE external_folded IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX organizations_by_change ON organizations (changed, id);

CREATE TABLE organization_domains (
    organization_id BIGINT NOT NULL REFERENCES organizations (id),
    domain TEXT NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (organization_id, domain)
);
CREATE INDEX organization_domains_by_domain ON organization_domains (domain, organization_id);

CREATE TABLE organization_memberships (
    id BIGINT PRIMARY KEY,
    user_id BIGINT NOT NULL REFERENCES users (id),
    organization_id BIGINT NOT NULL REFERENCES organizations (id),
    is_default BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX organization_memberships_by_user ON organization_memberships (user_id, organization_id);
CREATE INDEX organization_memberships_by_organization ON organization_memberships (organization_id, id);

CREATE TABLE teams (
    id BIGINT PRIMARY KEY,
    slug TEXT,
    name TEXT NOT NULL,
    description TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    deleted_at BIGINT
);
CREATE UNIQUE INDEX teams_by_slug ON teams (slug) WHERE slug IS NOT NULL;

CREATE TABLE team_memberships (
    id BIGINT PRIMARY KEY,
    user_id BIGINT NOT NULL REFERENCES users (id),
    team_id BIGINT NOT NULL REFERENCES teams (id),
    is_default BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX team_memberships_by_user ON team_memberships (user_id, team_id);
CREATE INDEX team_memberships_by_team ON team_memberships (team_id, id);

-- What may be said about a ticket beside its own columns.

CREATE TABLE fields (
    id BIGINT PRIMARY KEY,
    owner TEXT NOT NULL,
    kind TEXT NOT NULL,
    key TEXT,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    position BIGINT NOT NULL,
    is_active BOOLEAN NOT NULL,
    is_removable BOOLEAN NOT NULL,
    options TEXT NOT NULL,
    properties TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX fields_by_owner ON fields (owner, position, id);

CREATE TABLE brands (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    is_default BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- A ticket is the fold of its events; `state` is that fold, and the columns beside it are what lists are filtered and
-- ordered by. The subject is here, not in the events, so that it can be erased.

CREATE TABLE tickets (
    id BIGINT PRIMARY KEY,
    seq BIGINT NOT NULL,
    state TEXT NOT NULL,
    subject TEXT NOT NULL,
    subject_salt TEXT NOT NULL,
    first_comment_id BIGINT NOT NULL,
    status TEXT NOT NULL,
    priority TEXT NOT NULL,
    team_id BIGINT NOT NULL,
    assignee_id BIGINT,
    requester_id BIGINT NOT NULL,
    organization_id BIGINT,
    brand_id BIGINT,
    mailbox TEXT,
    locale TEXT,
    external_id TEXT,
    due_sort BIGINT NOT NULL,
    is_escalated BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    deleted_at BIGINT,
    changed BIGINT NOT NULL
);
CREATE INDEX tickets_by_due ON tickets (due_sort, id) WHERE status IN ('new', 'open') AND deleted_at IS NULL;
CREATE INDEX tickets_by_team ON tickets (team_id, due_sort, id) WHERE status IN ('new', 'open') AND deleted_at IS NULL;
CREATE INDEX tickets_by_assignee ON tickets (assignee_id, due_sort, id) WHERE assignee_id IS NOT NULL;
CREATE INDEX tickets_by_status ON tickets (status, updated_at, id);
CREATE INDEX tickets_by_update ON tickets (updated_at, id);
CREATE INDEX tickets_by_requester ON tickets (requester_id, id);
CREATE INDEX tickets_by_organization ON tickets (organization_id, id) WHERE organization_id IS NOT NULL;
CREATE INDEX tickets_by_external_id ON tickets (external_id, id) WHERE external_id IS NOT NULL;
CREATE INDEX tickets_deleted ON tickets (id) WHERE deleted_at IS NOT NULL;
CREATE INDEX tickets_by_change ON tickets (changed, id);

CREATE TABLE events (
    id BIGINT PRIMARY KEY,
    ticket_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    audit_id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    via TEXT NOT NULL,
    policy TEXT NOT NULL,
    kind TEXT NOT NULL,
    version BIGINT NOT NULL,
    payload TEXT NOT NULL
);
CREATE UNIQUE INDEX events_by_ticket ON events (ticket_id, seq);

CREATE TABLE comments (
    id BIGINT PRIMARY KEY,
    ticket_id BIGINT NOT NULL,
    audit_id BIGINT NOT NULL,
    author_id BIGINT NOT NULL,
    is_public BOOLEAN NOT NULL,
    body TEXT NOT NULL,
    html TEXT NOT NULL,
    salt TEXT NOT NULL,
    via TEXT NOT NULL,
    details TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX comments_by_ticket ON comments (ticket_id, id);

CREATE TABLE field_values (
    ticket_id BIGINT NOT NULL,
    field_id BIGINT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (ticket_id, field_id)
);

-- What the app sent along with a ticket; data, never HTML. Erasable.
CREATE TABLE contexts (
    ticket_id BIGINT PRIMARY KEY,
    content TEXT NOT NULL
);

CREATE TABLE blobs (
    hash TEXT PRIMARY KEY,
    size_bytes BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE attachments (
    id BIGINT PRIMARY KEY,
    hash TEXT NOT NULL REFERENCES blobs (hash),
    ticket_id BIGINT,
    comment_id BIGINT,
    token TEXT NOT NULL,
    name TEXT NOT NULL,
    content_type TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    is_inline BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    deleted_at BIGINT
);
CREATE INDEX attachments_by_comment ON attachments (comment_id, id);
CREATE UNIQUE INDEX attachments_by_token ON attachments (token);

-- The only two queues: what falls due, and what has to leave.

CREATE TABLE wakeups (
    subject_kind TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    PRIMARY KEY (subject_kind, subject_id)
);
CREATE INDEX wakeups_by_due ON wakeups (due_at, subject_kind, subject_id);

CREATE TABLE outbox (
    id BIGINT PRIMARY KEY,
    key TEXT NOT NULL,
    at BIGINT NOT NULL,
    channel TEXT NOT NULL,
    kind TEXT NOT NULL,
    is_automatic BOOLEAN NOT NULL,
    ticket_id BIGINT,
    user_id BIGINT,
    recipients TEXT NOT NULL,
    subject TEXT NOT NULL,
    text TEXT NOT NULL,
    html TEXT,
    payload TEXT NOT NULL,
    state TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    last_error TEXT,
    finished_at BIGINT
);
CREATE UNIQUE INDEX outbox_by_key ON outbox (key);
CREATE INDEX outbox_due ON outbox (due_at, id) WHERE state = 'pending';
CREATE INDEX outbox_by_ticket ON outbox (ticket_id, id) WHERE ticket_id IS NOT NULL;

-- Once is enough.

CREATE TABLE dedupe (
    scope TEXT NOT NULL,
    key TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    status BIGINT NOT NULL,
    answer TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (scope, key)
);
CREATE INDEX dedupe_by_expiry ON dedupe (expires_at);

CREATE TABLE external_ids (
    channel TEXT NOT NULL,
    external_id TEXT NOT NULL,
    ticket_id BIGINT,
    outcome TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (channel, external_id)
);

CREATE TABLE message_ids (
    message_id TEXT NOT NULL,
    ticket_id BIGINT NOT NULL,
    PRIMARY KEY (message_id, ticket_id)
);

-- Every mail as it came, before anything else. Erasable.
CREATE TABLE mails (
    id BIGINT PRIMARY KEY,
    received_at BIGINT NOT NULL,
    mailbox TEXT NOT NULL,
    raw BYTEA NOT NULL,
    outcome TEXT NOT NULL,
    cause TEXT,
    ticket_id BIGINT,
    comment_id BIGINT
);
CREATE INDEX mails_by_outcome ON mails (outcome, id);
CREATE INDEX mails_by_ticket ON mails (ticket_id, id);

-- Signing in. Tokens are stored as hashes.

CREATE TABLE api_tokens (
    id BIGINT PRIMARY KEY,
    user_id BIGINT NOT NULL REFERENCES users (id),
    token_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE UNIQUE INDEX api_tokens_by_hash ON api_tokens (token_hash);

CREATE TABLE sessions (
    token_hash TEXT PRIMARY KEY,
    user_id BIGINT NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE sign_in_links (
    token_hash TEXT PRIMARY KEY,
    user_id BIGINT NOT NULL REFERENCES users (id),
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);

-- Background work asked for through the API.
CREATE TABLE api_jobs (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    total BIGINT,
    progress BIGINT,
    message TEXT,
    request TEXT NOT NULL,
    results TEXT,
    actor_id BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE INDEX api_jobs_by_age ON api_jobs (created_at, id);

-- What admins change, as events.
CREATE TABLE admin_events (
    id BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    via TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL
);
CREATE INDEX admin_events_by_subject ON admin_events (subject_kind, subject_id, id);
