-- Register books, what was archived of them, and handovers between clerks (ADR 0059, 0060).
-- A number is given once, in the transaction in which a document becomes received or sent, and stays: an entry
-- is never removed, only cancelled with its reason.

CREATE TABLE register_entries (
    entry_id   INTEGER PRIMARY KEY AUTOINCREMENT,
    book       TEXT NOT NULL CHECK (book IN ('received', 'sent')),
    year       INTEGER NOT NULL,
    number     INTEGER NOT NULL CHECK (number > 0),
    subject    TEXT,             -- delivery or document; NULL: on paper only
    entered_on TEXT NOT NULL,    -- ISO date of the region: 收文日期, 发文日期
    fields     TEXT NOT NULL,    -- JSON: key of a column to its text
    cancelled  TEXT NOT NULL DEFAULT '',
    UNIQUE (book, year, number)
) STRICT;
CREATE UNIQUE INDEX register_subjects ON register_entries (book, subject) WHERE subject IS NOT NULL;
CREATE INDEX register_on_paper ON register_entries (book) WHERE subject IS NULL;
CREATE TRIGGER register_entries_stay BEFORE DELETE ON register_entries
BEGIN
    SELECT RAISE(ABORT, 'an entry of a register is never removed');
END;
CREATE TRIGGER register_entries_identity BEFORE UPDATE OF entry_id, book, year, number, subject ON register_entries
WHEN OLD.entry_id <> NEW.entry_id OR OLD.book <> NEW.book OR OLD.year <> NEW.year OR OLD.number <> NEW.number
  OR (OLD.subject IS NOT NULL AND OLD.subject IS NOT NEW.subject)
BEGIN
    SELECT RAISE(ABORT, 'the number of an entry never changes');
END;
CREATE TRIGGER register_entries_cancelled BEFORE UPDATE OF cancelled ON register_entries
WHEN OLD.cancelled <> '' AND OLD.cancelled <> NEW.cancelled
BEGIN
    SELECT RAISE(ABORT, 'a cancelled entry stays cancelled');
END;

-- Numbers that a book does not begin with 1: it goes on from one on paper.
CREATE TABLE register_starts (
    book   TEXT NOT NULL,
    year   INTEGER NOT NULL,
    first  INTEGER NOT NULL CHECK (first > 0),
    reason TEXT NOT NULL,
    PRIMARY KEY (book, year)
) STRICT;

-- What an entry said before, who changed it and why; by_post is empty where the exchange's word changed it.
CREATE TABLE register_changes (
    change_id INTEGER PRIMARY KEY AUTOINCREMENT,
    entry_id  INTEGER NOT NULL REFERENCES register_entries (entry_id),
    at        TEXT NOT NULL,
    by_post   TEXT NOT NULL,
    field     TEXT NOT NULL,
    old       TEXT NOT NULL,
    new       TEXT NOT NULL,
    reason    TEXT NOT NULL
) STRICT;
CREATE INDEX register_changes_by_entry ON register_changes (entry_id);
CREATE TRIGGER register_changes_stay BEFORE DELETE ON register_changes
BEGIN
    SELECT RAISE(ABORT, 'corrections are never removed');
END;
CREATE TRIGGER register_changes_final BEFORE UPDATE ON register_changes
BEGIN
    SELECT RAISE(ABORT, 'corrections never change');
END;

CREATE VIRTUAL TABLE register_search USING fts5 (words, units, tokenize = 'unicode61');

-- One item (件) of the archive for one entry. archived_at is empty while the package is being made: the number
-- is bound to the entry already, so that a crash gives it to no other.
CREATE TABLE archive_items (
    entry_id    INTEGER PRIMARY KEY REFERENCES register_entries (entry_id),
    year        INTEGER NOT NULL,
    period      TEXT NOT NULL,
    number      INTEGER NOT NULL,
    code        TEXT NOT NULL UNIQUE,
    archived_at TEXT NOT NULL DEFAULT '',
    UNIQUE (year, period, number)
) STRICT;

CREATE TABLE archive_exports (
    export_id INTEGER PRIMARY KEY AUTOINCREMENT,
    entry_id  INTEGER NOT NULL REFERENCES archive_items (entry_id),
    at        TEXT NOT NULL,
    by_post   TEXT NOT NULL,
    place     TEXT NOT NULL,
    digest    TEXT NOT NULL
) STRICT;
CREATE INDEX archive_exports_by_entry ON archive_exports (entry_id);

-- list: the handed-over things as JSON, fixed when the handing-over clerk confirmed; digest over it (SM3).
CREATE TABLE handovers (
    handover_id  INTEGER PRIMARY KEY AUTOINCREMENT,
    list         TEXT NOT NULL,
    digest       TEXT NOT NULL,
    from_account TEXT NOT NULL,
    from_post    TEXT NOT NULL,
    from_at      TEXT NOT NULL,
    to_account   TEXT NOT NULL DEFAULT '',
    to_post      TEXT NOT NULL DEFAULT '',
    to_at        TEXT NOT NULL DEFAULT '',
    disabled_at  TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TRIGGER handovers_stay BEFORE DELETE ON handovers
BEGIN
    SELECT RAISE(ABORT, 'a handover is never removed');
END;
CREATE TRIGGER handovers_final BEFORE UPDATE OF list, digest, from_account, from_post, from_at ON handovers
BEGIN
    SELECT RAISE(ABORT, 'what was handed over never changes');
END;
