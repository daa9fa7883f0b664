-- Announcements as they were signed.

CREATE TABLE notices (
    notice_id TEXT PRIMARY KEY,
    issued_at TEXT NOT NULL,
    view      TEXT NOT NULL,
    by_file   INTEGER NOT NULL,
    read_at   TEXT
) STRICT;
