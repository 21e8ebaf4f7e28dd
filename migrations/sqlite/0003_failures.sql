-- Calls that failed or were healed, with what explains them. Never a plaintext, a key or a phone.
CREATE TABLE failures (
    id BLOB PRIMARY KEY NOT NULL,
    at INTEGER NOT NULL,
    appid TEXT NOT NULL,
    user_id BLOB,
    binding_id BLOB,
    call TEXT NOT NULL,
    stage TEXT NOT NULL,
    cause TEXT NOT NULL,
    healed INTEGER NOT NULL,
    version TEXT,
    errcode INTEGER,
    rid TEXT,
    ciphertext_hash BLOB,
    evidence TEXT NOT NULL,
    times INTEGER NOT NULL,
    later_success_at INTEGER,
    asked TEXT NOT NULL,
    request_id TEXT NOT NULL
) STRICT;
CREATE INDEX failures_at ON failures (at);
CREATE INDEX failures_cause ON failures (cause, id);
CREATE INDEX failures_user_id ON failures (user_id, id);
CREATE INDEX failures_request_id ON failures (request_id);
CREATE INDEX failures_rid ON failures (rid);

-- Ciphertexts that were opened, by SHA-256, and whose they are.
CREATE TABLE ciphertexts (
    hash BLOB PRIMARY KEY NOT NULL,
    user_id BLOB NOT NULL,
    opened_at INTEGER NOT NULL
) STRICT;
CREATE INDEX ciphertexts_opened_at ON ciphertexts (opened_at);
CREATE INDEX ciphertexts_user_id ON ciphertexts (user_id);

-- A request id leads to the story behind it.
CREATE INDEX phone_changes_request_id ON phone_changes (request_id);
