-- What operators did to users: took something away, or moved it. What was taken is kept, sealed, for as long as it can be
-- given back.
CREATE TABLE resets (
    id UUID PRIMARY KEY NOT NULL,
    at BIGINT NOT NULL,
    user_id UUID NOT NULL REFERENCES users (id),
    other_user_id UUID REFERENCES users (id),
    kind TEXT NOT NULL,
    appid TEXT,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    before_sealed BYTEA,
    undone_at BIGINT,
    undone_by TEXT
);
CREATE INDEX resets_user_id ON resets (user_id, id);
CREATE INDEX resets_other_user_id ON resets (other_user_id, id);
CREATE INDEX resets_kept ON resets (at) WHERE before_sealed IS NOT NULL;

-- Who changed the phone, where it was not the user.
ALTER TABLE phone_changes ADD COLUMN operator TEXT;

-- The version of the mini program that the token was issued to.
ALTER TABLE tokens ADD COLUMN client TEXT;
