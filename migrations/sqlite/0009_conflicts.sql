-- What two users have and one should: a phone that both hold, a phone that one wants and the other holds, a unionid that
-- both have shown. "shared" is the unionid, or the phone's keyed hash in hex.
CREATE TABLE conflicts (
    id BLOB PRIMARY KEY NOT NULL,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    shared TEXT NOT NULL,
    user_id BLOB NOT NULL REFERENCES users (id),
    other_user_id BLOB NOT NULL REFERENCES users (id),
    settled_at INTEGER,
    settled_by TEXT,
    settlement TEXT,
    reason TEXT
) STRICT;
CREATE INDEX conflicts_open ON conflicts (id) WHERE settled_at IS NULL;
CREATE INDEX conflicts_settled ON conflicts (id) WHERE settled_at IS NOT NULL;
CREATE INDEX conflicts_user_id ON conflicts (user_id);
CREATE INDEX conflicts_other_user_id ON conflicts (other_user_id);
CREATE UNIQUE INDEX conflicts_once ON conflicts (shared, kind, user_id, other_user_id) WHERE settled_at IS NULL;

-- What is known already: unionids, one line for each pair of users.
INSERT INTO conflicts (id, at, kind, shared, user_id, other_user_id)
SELECT id, at, 'unionid', unionid, user_id, other_user_id FROM unionid_conflicts AS one
WHERE NOT EXISTS (SELECT 1 FROM unionid_conflicts AS before WHERE before.unionid = one.unionid AND before.id < one.id
AND (before.user_id IN (one.user_id, one.other_user_id) AND before.other_user_id IN (one.user_id, one.other_user_id)));
DROP TABLE unionid_conflicts;

-- And phones: everybody who has one that an older user has. Nobody has two such lines, so that his id can be the line's.
INSERT INTO conflicts (id, at, kind, shared, user_id, other_user_id)
SELECT id, bound_at, 'phone', LOWER(HEX(phone_hash)), id, first_id FROM
(SELECT id, COALESCE(phone_bound_at, created_at) AS bound_at, phone_hash, FIRST_VALUE(id) OVER (PARTITION BY phone_hash ORDER BY id) AS first_id FROM users
WHERE phone_hash IS NOT NULL) AS owners
WHERE id <> first_id;

-- Who was merged into another user: an empty row that leads to him.
ALTER TABLE users ADD COLUMN merged_into BLOB REFERENCES users (id);
CREATE INDEX users_merged_into ON users (merged_into) WHERE merged_into IS NOT NULL;
