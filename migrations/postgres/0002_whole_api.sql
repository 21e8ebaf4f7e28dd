-- Users whose personal data is gone; the row stays, so that what refers to it keeps its meaning.
ALTER TABLE users ADD COLUMN erased_at BIGINT;

-- Lines of the history whose numbers are gone for good.
ALTER TABLE phone_changes ADD COLUMN erased_at BIGINT;

-- What was erased, when and why, without the data itself.
CREATE TABLE erasures (
    id UUID PRIMARY KEY NOT NULL,
    at BIGINT NOT NULL,
    user_id UUID NOT NULL REFERENCES users (id),
    what TEXT NOT NULL,
    cause TEXT NOT NULL,
    appid TEXT,
    request_id TEXT NOT NULL
);
CREATE INDEX erasures_user_id ON erasures (user_id, id);

-- Push messages of WeChat by their content: what came twice is done once.
CREATE TABLE push_events (
    hash BYTEA PRIMARY KEY NOT NULL,
    appid TEXT NOT NULL,
    event TEXT NOT NULL,
    user_id UUID REFERENCES users (id),
    received_at BIGINT NOT NULL,
    request_id TEXT NOT NULL
);
CREATE INDEX push_events_received_at ON push_events (received_at);
CREATE INDEX push_events_user_id ON push_events (user_id);

-- Signatures of push messages, each good for one content only.
CREATE TABLE push_signatures (
    hash BYTEA PRIMARY KEY NOT NULL,
    content_hash BYTEA NOT NULL,
    received_at BIGINT NOT NULL
);
CREATE INDEX push_signatures_received_at ON push_signatures (received_at);

-- A unionid that two users have shown.
CREATE TABLE unionid_conflicts (
    id UUID PRIMARY KEY NOT NULL,
    at BIGINT NOT NULL,
    unionid TEXT NOT NULL,
    binding_id UUID NOT NULL REFERENCES bindings (id),
    user_id UUID NOT NULL REFERENCES users (id),
    other_user_id UUID NOT NULL REFERENCES users (id),
    UNIQUE (binding_id, unionid, other_user_id)
);
CREATE INDEX unionid_conflicts_user_id ON unionid_conflicts (user_id);
CREATE INDEX unionid_conflicts_other_user_id ON unionid_conflicts (other_user_id);

-- What an operator has to put right about a mini program.
CREATE TABLE alerts (
    appid TEXT NOT NULL,
    kind TEXT NOT NULL,
    errcode BIGINT,
    rid TEXT,
    address TEXT,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    times BIGINT NOT NULL,
    PRIMARY KEY (appid, kind)
);

-- Keys of the business's own back ends, by SHA-256.
CREATE TABLE api_keys (
    id UUID PRIMARY KEY NOT NULL,
    name TEXT NOT NULL UNIQUE,
    hash BYTEA NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    created_by TEXT,
    last_used_at BIGINT,
    revoked_at BIGINT
);

-- Who did what: each entry's hash covers the one before it.
CREATE TABLE audit (
    seq BIGINT PRIMARY KEY NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    user_id UUID,
    detail TEXT NOT NULL,
    hash BYTEA NOT NULL
);
CREATE INDEX audit_user_id ON audit (user_id, seq);
