-- Calls of users that went well and stand nowhere else: logins, phones that were proved again and changed nothing, and
-- session_keys that support fetched anew. Kept as long as failures, whose story they are.
CREATE TABLE calls (
    id UUID PRIMARY KEY NOT NULL,
    at BIGINT NOT NULL,
    user_id UUID NOT NULL,
    binding_id UUID NOT NULL,
    appid TEXT NOT NULL,
    kind TEXT NOT NULL,
    new_key BOOLEAN NOT NULL,
    new_unionid BOOLEAN NOT NULL,
    request_id UUID NOT NULL
);
CREATE INDEX calls_user_id ON calls (user_id, id);
CREATE INDEX calls_request_id ON calls (request_id);

-- A request id leads to the user whom WeChat's event was about.
CREATE INDEX push_events_request_id ON push_events (request_id);

-- Failures are counted by cause and by version, each for itself: for every pair of them there were too many rows.
CREATE TABLE pairs AS SELECT * FROM rollups WHERE cause <> '';
DELETE FROM rollups WHERE cause <> '';
INSERT INTO rollups
SELECT hour, appid, metric, cause, '', 0, SUM(total) FROM pairs GROUP BY hour, appid, metric, cause;
INSERT INTO rollups
SELECT hour, appid, CASE WHEN cause = 'user_denied' THEN 'denied' ELSE metric END || '_by_version', '', version, 0, SUM(total)
FROM pairs WHERE version NOT IN ('', '0', 'devtools') GROUP BY 1, 2, 3, 5;
DROP TABLE pairs;
