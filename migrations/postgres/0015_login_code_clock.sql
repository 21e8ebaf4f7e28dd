-- When a login code got its state, by the database's own clock (milliseconds since 1970). The clocks of nodes differ, and
-- may be set back.
ALTER TABLE login_codes ADD COLUMN state_since BIGINT NOT NULL DEFAULT 0;
