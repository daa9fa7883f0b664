-- Announcements as they were signed, and the groups of units that this PC's clerks made.

CREATE TABLE notices (
    notice_id TEXT PRIMARY KEY,
    issued_at TEXT NOT NULL,
    view      TEXT NOT NULL,
    by_file   INTEGER NOT NULL,
    read_at   TEXT
) STRICT;

CREATE TABLE unit_groups (
    name     TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    members  TEXT NOT NULL
) STRICT;
