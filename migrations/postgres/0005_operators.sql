-- When an operator signed in last, and his second factor: the secret, sealed, and the last time step whose code was used.
ALTER TABLE operators ADD COLUMN last_sign_in_at BIGINT;
ALTER TABLE operators ADD COLUMN totp_sealed BYTEA;
ALTER TABLE operators ADD COLUMN totp_step BIGINT;

-- Links with which somebody chooses a password, by SHA-256, until they are used. Without an operator: the one that makes the
-- first administrator.
CREATE TABLE operator_links (
    hash BYTEA PRIMARY KEY NOT NULL,
    operator_id UUID REFERENCES operators (id),
    drops_totp BOOLEAN NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX operator_links_operator_id ON operator_links (operator_id);
CREATE INDEX operator_links_expires_at ON operator_links (expires_at);

-- What opens the second step when the phone is lost, by keyed hash, until it is used.
CREATE TABLE recovery_codes (
    operator_id UUID NOT NULL REFERENCES operators (id),
    hash BYTEA NOT NULL,
    PRIMARY KEY (operator_id, hash)
);

-- Tries to sign in, by keyed hash of what was typed as a name and of the address.
CREATE TABLE sign_in_tries (
    hash BYTEA PRIMARY KEY NOT NULL,
    tries BIGINT NOT NULL,
    last_at BIGINT NOT NULL
);
CREATE INDEX sign_in_tries_last_at ON sign_in_tries (last_at);
