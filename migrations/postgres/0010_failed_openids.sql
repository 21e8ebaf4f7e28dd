-- The openid that a failed call was about, also when nobody here has it.
ALTER TABLE failures ADD COLUMN openid TEXT;
CREATE INDEX failures_openid ON failures (openid);
