-- When an operator signed in last, and his second factor: the secret, sealed, and the last time step whose code was used.
ALTER TABLE operators ADD COLUMN last_sign_in_at INTEGER;
ALTER TABLE operators ADD COLUMN totp_sealed BLOB;
ALTER TABLE operators ADD COLUMN totp_step INTEGER;

-- Links with which somebody chooses a password, by SHA-256, until they are used. Without an operator: the one that makes the
-- first administrator.
CREATE TABLE operator_links (
    hash BLOB PRIMARY KEY NOT NULL,
    operator_id BLOB REFERENCES operators (id),
    drops_totp INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX operator_links_operator_id ON operator_links (operator_id);
CREATE INDEX operator_links_expires_at ON operator_links (expires_at);

-- What opens the second step when the phone is lost, by keyed hash, until it is used.
CREATE TABLE recovery_codes (
    operator_id BLOB NOT NULL REFERENCES operators (id),
    hash BLOB NOT NULL,
    PRIMARY KEY (operator_id, hash)
) STRICT;

-- Tries to sign in, by keyed hash of what was typed as a name and of the address.
CREATE TABLE sign_in_tries (
    hash BLOB PRIMARY KEY NOT NULL,
    tries INTEGER NOT NULL,
    last_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sign_in_tries_last_at ON sign_in_tries (last_at);
