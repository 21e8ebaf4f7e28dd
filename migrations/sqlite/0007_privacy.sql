-- The audit log by who acted (also: how often lately), by what was done, and by day.
CREATE INDEX audit_actor ON audit (actor, seq);
CREATE INDEX audit_action ON audit (action, seq);
CREATE INDEX audit_actor_action ON audit (actor, action, at);
CREATE INDEX audit_at ON audit (at);
