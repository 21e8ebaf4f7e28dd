-- The name by which an operator is found, without regard to case. Of names that differ in case alone, the oldest has it; the
-- others keep a form that nobody can type, and are found by their exact spelling.
ALTER TABLE operators ADD COLUMN folded TEXT NOT NULL DEFAULT '';
UPDATE operators SET folded = LOWER(username COLLATE "C");
UPDATE operators SET folded = LOWER(username COLLATE "C") || '/' || username WHERE EXISTS (
    SELECT 1 FROM operators AS older WHERE LOWER(older.username COLLATE "C") = LOWER(operators.username COLLATE "C")
    AND (older.created_at, older.id) < (operators.created_at, operators.id)
);
CREATE UNIQUE INDEX operators_folded ON operators (folded);

-- Addresses from which somebody has signed in, by keyed hash: they have places of their own in the queue for password hashes.
CREATE TABLE sign_in_networks (
    hash BYTEA PRIMARY KEY NOT NULL,
    last_at BIGINT NOT NULL
);
CREATE INDEX sign_in_networks_last_at ON sign_in_networks (last_at);

-- Searches for what is or may be a phone number: who and when, never for what. An operator may make so many within an hour.
CREATE TABLE number_searches (
    id UUID PRIMARY KEY NOT NULL,
    operator_id UUID NOT NULL REFERENCES operators (id),
    at BIGINT NOT NULL
);
CREATE INDEX number_searches_operator_id_at ON number_searches (operator_id, at);
CREATE INDEX number_searches_at ON number_searches (at);

-- Sealed values of an operator's session, each under its name. They end with the session's id, and one that is shown once is
-- taken by one statement.
CREATE TABLE session_values (
    session_hash BYTEA NOT NULL REFERENCES operator_sessions (hash) ON DELETE CASCADE,
    name TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (session_hash, name)
);
