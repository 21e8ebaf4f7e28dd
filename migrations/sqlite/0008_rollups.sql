-- What happened, counted by the hour, in the transaction of what is counted. The shards of a number are its sum:
-- they keep the logins of one hour from waiting for one row. Cause and version are those of failures and healings,
-- else empty.
CREATE TABLE rollups (
    hour INTEGER NOT NULL,
    appid TEXT NOT NULL,
    metric TEXT NOT NULL,
    cause TEXT NOT NULL,
    version TEXT NOT NULL,
    shard INTEGER NOT NULL,
    total INTEGER NOT NULL,
    PRIMARY KEY (hour, appid, metric, cause, version, shard)
) STRICT;

-- What the tables still know of the time before. Logins and phone requests that went well are in none of them.
INSERT INTO rollups
SELECT at / 3600000 * 3600000, appid, CASE WHEN healed THEN 'healed' ELSE 'failed' END, cause, COALESCE(version, ''), 0, SUM(times)
FROM failures GROUP BY 1, 2, 3, 4, 5;

INSERT INTO rollups
SELECT users.created_at / 3600000 * 3600000, appid, 'new_users', '', '', 0, COUNT(*)
FROM users JOIN bindings ON bindings.user_id = users.id AND bindings.created_at = users.created_at GROUP BY 1, 2;

INSERT INTO rollups
SELECT at / 3600000 * 3600000, appid, 'phones_bound', '', '', 0, COUNT(*)
FROM phone_changes WHERE source IN ('encrypted', 'code') AND appid IS NOT NULL GROUP BY 1, 2;
