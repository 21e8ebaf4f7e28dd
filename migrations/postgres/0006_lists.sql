-- The users by their last login, and those few that a filter picks out of a million, in both orders of the list.
CREATE INDEX users_last_login ON users (last_login_at, id);
CREATE INDEX users_blocked ON users (id) WHERE blocked_at IS NOT NULL;
CREATE INDEX users_blocked_last_login ON users (last_login_at, id) WHERE blocked_at IS NOT NULL;
CREATE INDEX users_erased ON users (id) WHERE erased_at IS NOT NULL;
CREATE INDEX users_erased_last_login ON users (last_login_at, id) WHERE erased_at IS NOT NULL;
CREATE INDEX bindings_appid_user_id ON bindings (appid, user_id);
CREATE INDEX failures_healed ON failures (healed, at, user_id);

-- The first eight characters of a token's random part: enough to recognise a token by, of no use to guess the rest.
ALTER TABLE tokens ADD COLUMN prefix TEXT COLLATE "C";
CREATE INDEX tokens_prefix ON tokens (prefix);
