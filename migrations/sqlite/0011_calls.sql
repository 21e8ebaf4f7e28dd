-- Calls of users that went well and stand nowhere else: logins, phones that were proved again and changed nothing, and
-- session_keys that support fetched anew. Kept as long as failures, whose story they are.
CREATE TABLE calls (
    id BLOB PRIMARY KEY NOT NULL,
    at INTEGER NOT NULL,
    user_id BLOB NOT NULL,
    binding_id BLOB NOT NULL,
    appid TEXT NOT NULL,
    kind TEXT NOT NULL,
    new_key INTEGER NOT NULL,
    new_unionid INTEGER NOT NULL,
    request_id BLOB NOT NULL
) STRICT;
CREATE INDEX calls_user_id ON calls (user_id, id);
CREATE INDEX calls_request_id ON calls (request_id);

-- A request id leads to the user whom WeChat's event was about.
CREATE INDEX push_events_request_id ON push_events (request_id);
