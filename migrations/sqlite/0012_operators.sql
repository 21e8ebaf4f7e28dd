-- Whose account a count of tries is about, by the same hash as the account's own count; none for an address'. Counts of before
-- were of another kind, and are forgotten after a quarter of an hour anyway.
DELETE FROM sign_in_tries;
ALTER TABLE sign_in_tries ADD COLUMN account BLOB;
CREATE INDEX sign_in_tries_account ON sign_in_tries (account);

-- What WeChat last said to a mini program's credentials, whichever node asked: when it took them, the times of the newest
-- access_token (never the token), and when one was last asked for in vain.
CREATE TABLE app_signs (
    appid TEXT PRIMARY KEY NOT NULL,
    proven_at INTEGER,
    token_fetched_at INTEGER,
    token_renew_at INTEGER,
    token_refused_at INTEGER,
    token_errcode INTEGER
) STRICT;
