-- Fault reports: what a person wrote, also while nothing worked, and what the exchange last said of it (JSON).

CREATE TABLE faults (
    ticket_id  TEXT PRIMARY KEY,
    written_at TEXT NOT NULL,
    report     TEXT NOT NULL,
    view       TEXT NOT NULL DEFAULT ''
) STRICT;
