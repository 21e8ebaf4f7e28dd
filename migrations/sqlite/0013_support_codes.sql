-- What a user reads to support from a failed call. Older records keep none: their answers had none.
ALTER TABLE failures ADD COLUMN support_code TEXT;
CREATE INDEX failures_support_code ON failures (support_code);

-- A login has made this user, but no answer has said so yet: the call failed after its login.
ALTER TABLE users ADD COLUMN unanswered INTEGER NOT NULL DEFAULT 0;
