-- Users: persons, with at most one phone each. Phones are sealed; the hashes are what they are found by.
CREATE TABLE users (
    id UUID PRIMARY KEY NOT NULL,
    created_at BIGINT NOT NULL,
    last_login_at BIGINT NOT NULL,
    blocked_at BIGINT,
    nickname TEXT,
    nickname_key TEXT COLLATE "C",
    avatar_url TEXT,
    gender BIGINT NOT NULL,
    province TEXT,
    city TEXT,
    country TEXT,
    phone_sealed BYTEA,
    phone_hash BYTEA,
    phone_national_hash BYTEA,
    phone_last_four_hash BYTEA,
    phone_bound_at BIGINT
);
CREATE INDEX users_nickname_key ON users (nickname_key);
CREATE INDEX users_phone_hash ON users (phone_hash);
CREATE INDEX users_phone_national_hash ON users (phone_national_hash);
CREATE INDEX users_phone_last_four_hash ON users (phone_last_four_hash);

-- One openid of a user in one mini program.
CREATE TABLE bindings (
    id UUID PRIMARY KEY NOT NULL,
    user_id UUID NOT NULL REFERENCES users (id),
    appid TEXT NOT NULL,
    openid TEXT NOT NULL,
    unionid TEXT,
    created_at BIGINT NOT NULL,
    last_login_at BIGINT NOT NULL,
    UNIQUE (appid, openid)
);
CREATE INDEX bindings_user_id ON bindings (user_id);
CREATE INDEX bindings_openid ON bindings (openid);
CREATE INDEX bindings_unionid ON bindings (unionid);

-- The ring of session_keys, sealed.
CREATE TABLE session_keys (
    id UUID PRIMARY KEY NOT NULL,
    binding_id UUID NOT NULL REFERENCES bindings (id),
    key_sealed BYTEA NOT NULL,
    received_at BIGINT NOT NULL
);
CREATE INDEX session_keys_binding_id ON session_keys (binding_id, received_at);
CREATE INDEX session_keys_received_at ON session_keys (received_at);

-- API tokens, by SHA-256.
CREATE TABLE tokens (
    hash BYTEA PRIMARY KEY NOT NULL,
    user_id UUID NOT NULL REFERENCES users (id),
    binding_id UUID NOT NULL REFERENCES bindings (id),
    created_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX tokens_user_id ON tokens (user_id);
CREATE INDEX tokens_binding_id ON tokens (binding_id);
CREATE INDEX tokens_expires_at ON tokens (expires_at);

-- The phone history: rows are only ever added.
CREATE TABLE phone_changes (
    id UUID PRIMARY KEY NOT NULL,
    user_id UUID NOT NULL REFERENCES users (id),
    at BIGINT NOT NULL,
    old_sealed BYTEA,
    new_sealed BYTEA,
    source TEXT NOT NULL,
    appid TEXT,
    request_id TEXT NOT NULL
);
CREATE INDEX phone_changes_user_id ON phone_changes (user_id, id);

-- The code ledger: each login code is exchanged once, by whoever inserts its row.
CREATE TABLE login_codes (
    hash BYTEA PRIMARY KEY NOT NULL,
    appid TEXT NOT NULL,
    state TEXT NOT NULL,
    error TEXT,
    binding_id UUID REFERENCES bindings (id),
    is_new BOOLEAN NOT NULL,
    claimed_at BIGINT NOT NULL,
    finished_at BIGINT
);
CREATE INDEX login_codes_claimed_at ON login_codes (claimed_at);
CREATE INDEX login_codes_binding_id ON login_codes (binding_id);

-- The people who sign in to the console.
CREATE TABLE operators (
    id UUID PRIMARY KEY NOT NULL,
    username TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    role TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    disabled_at BIGINT
);

CREATE TABLE operator_sessions (
    hash BYTEA PRIMARY KEY NOT NULL,
    operator_id UUID REFERENCES operators (id),
    data TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX operator_sessions_operator_id ON operator_sessions (operator_id);
CREATE INDEX operator_sessions_expires_at ON operator_sessions (expires_at);

-- Values an installation makes once and keeps for ever.
CREATE TABLE settings (
    name TEXT PRIMARY KEY NOT NULL,
    value BYTEA NOT NULL
);
