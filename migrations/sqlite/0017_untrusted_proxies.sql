-- Peers that say they pass on the requests of others and are not configured as proxies. At most a few for each node, and
-- none that has not been seen for a day.
CREATE TABLE untrusted_proxies (
    network TEXT PRIMARY KEY NOT NULL,
    peer TEXT NOT NULL,
    header TEXT NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL
) STRICT;
