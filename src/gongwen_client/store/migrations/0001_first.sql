-- Times are UTC ISO texts with microseconds, so that their order is the order of time.
-- JSON columns hold messages of gongwen_protocol that were validated before they came here.

CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE units (
    code TEXT PRIMARY KEY,
    rank INTEGER NOT NULL,
    view TEXT NOT NULL
) STRICT;

-- What a person wants and the exchange has not yet answered for good. Written at the click, never changed
-- in kind, subject, payload or key afterwards.
CREATE TABLE intents (
    intent_id       INTEGER PRIMARY KEY AUTOINCREMENT,
    idempotency_key TEXT NOT NULL UNIQUE,
    kind            TEXT NOT NULL,
    lane            TEXT NOT NULL CHECK (lane IN ('small', 'large')),
    subject         TEXT NOT NULL,
    payload         TEXT NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('pending', 'held', 'done', 'refused', 'superseded')),
    attempts        INTEGER NOT NULL DEFAULT 0,
    last_error      TEXT NOT NULL DEFAULT '',
    created_at      TEXT NOT NULL,
    finished_at     TEXT
) STRICT;
CREATE INDEX intents_open ON intents (lane, intent_id) WHERE state = 'pending';
CREATE INDEX intents_refused ON intents (subject) WHERE state = 'refused';
CREATE INDEX intents_by_subject ON intents (subject, state, kind);
CREATE TRIGGER intents_identity BEFORE UPDATE OF idempotency_key, kind, lane, subject, payload ON intents
BEGIN
    SELECT RAISE(ABORT, 'the identity of an intent never changes');
END;

CREATE TABLE drafts (
    document_id TEXT PRIMARY KEY,
    state       TEXT NOT NULL CHECK (state IN ('draft', 'awaiting_seal', 'ready', 'sending', 'sent', 'voided')),
    elements    TEXT NOT NULL,
    body        TEXT,
    attachments TEXT NOT NULL,
    recipients  TEXT NOT NULL,
    seals       TEXT NOT NULL,
    refusal     TEXT NOT NULL DEFAULT '',
    progress    REAL NOT NULL DEFAULT 0,
    created_at  TEXT NOT NULL,
    updated_at  TEXT NOT NULL
) STRICT;
CREATE INDEX drafts_by_state ON drafts (state, updated_at);

CREATE TABLE seal_uses (
    use_id      INTEGER PRIMARY KEY AUTOINCREMENT,
    document_id TEXT NOT NULL,
    title       TEXT NOT NULL,
    key_serial  TEXT NOT NULL,
    seal_name   TEXT NOT NULL,
    post        TEXT NOT NULL,
    started_at  TEXT NOT NULL,
    finished_at TEXT,
    page_index  INTEGER NOT NULL,
    x           REAL NOT NULL,
    y           REAL NOT NULL,
    width       REAL NOT NULL,
    height      REAL NOT NULL,
    result      TEXT NOT NULL
) STRICT;
CREATE TRIGGER seal_uses_stay BEFORE DELETE ON seal_uses
BEGIN
    SELECT RAISE(ABORT, 'the ledger of seal uses is never shortened');
END;
CREATE TRIGGER seal_uses_final BEFORE UPDATE ON seal_uses WHEN OLD.result <> 'started'
BEGIN
    SELECT RAISE(ABORT, 'a finished line of the ledger never changes');
END;

-- fetch: 0 files not here, 1 being downloaded, 2 all here and digests right.
CREATE TABLE documents (
    row_id      INTEGER PRIMARY KEY AUTOINCREMENT,
    document_id TEXT NOT NULL UNIQUE,
    sender_code TEXT NOT NULL,
    sender_name TEXT NOT NULL,
    sent_at     TEXT NOT NULL,
    elements    TEXT NOT NULL,
    body        TEXT NOT NULL,
    attachments TEXT NOT NULL,
    seals       TEXT NOT NULL,
    profile_id  TEXT NOT NULL,
    size        INTEGER NOT NULL,
    ours        INTEGER NOT NULL,
    fetch       INTEGER NOT NULL DEFAULT 0 CHECK (fetch IN (0, 1, 2))
) STRICT;
CREATE INDEX documents_ours ON documents (sent_at) WHERE ours = 1;
CREATE TRIGGER documents_identity BEFORE UPDATE OF document_id, sender_code, body, attachments ON documents
WHEN OLD.document_id <> NEW.document_id OR OLD.sender_code <> NEW.sender_code
  OR OLD.body <> NEW.body OR OLD.attachments <> NEW.attachments
BEGIN
    SELECT RAISE(ABORT, 'a sent document never changes');
END;

CREATE TABLE deliveries (
    delivery_id   TEXT PRIMARY KEY,
    document_id   TEXT NOT NULL REFERENCES documents (document_id),
    unit_code     TEXT NOT NULL,
    unit_name     TEXT NOT NULL,
    role          TEXT NOT NULL,
    copies        INTEGER NOT NULL,
    printed       INTEGER NOT NULL,
    state         TEXT NOT NULL,
    delivered_at  TEXT NOT NULL,
    viewed_at     TEXT,
    received_at   TEXT,
    returned_at   TEXT,
    return_reason TEXT NOT NULL,
    return_note   TEXT NOT NULL,
    handled_by    TEXT NOT NULL,
    to_us         INTEGER NOT NULL,
    opened        INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX deliveries_by_document ON deliveries (document_id);
CREATE INDEX deliveries_to_us ON deliveries (state, delivered_at) WHERE to_us = 1;
CREATE INDEX deliveries_newest ON deliveries (delivered_at) WHERE to_us = 1;

CREATE VIRTUAL TABLE search USING fts5 (words, tokenize = 'unicode61');

CREATE TABLE tickets (
    ticket_id   TEXT PRIMARY KEY,
    delivery_id TEXT NOT NULL,
    copy_number INTEGER NOT NULL,
    attempt     INTEGER NOT NULL,
    state       TEXT NOT NULL,
    changed_at  TEXT NOT NULL,
    view        TEXT NOT NULL
) STRICT;
CREATE INDEX tickets_by_delivery ON tickets (delivery_id);

-- Copies that this PC took. stage: reserved (nothing reached a printer), spooling (the printer may have it:
-- in doubt after a crash), finished.
CREATE TABLE print_jobs (
    ticket_id TEXT PRIMARY KEY,
    stage     TEXT NOT NULL CHECK (stage IN ('reserved', 'spooling', 'finished')),
    place     TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE receipts (
    digest      TEXT PRIMARY KEY,
    sequence    INTEGER NOT NULL,
    document_id TEXT NOT NULL,
    view        TEXT NOT NULL,
    problem     TEXT NOT NULL
) STRICT;
CREATE INDEX receipts_by_document ON receipts (document_id, sequence);

CREATE TABLE attended_checks (
    recorded_at TEXT PRIMARY KEY,
    looked_at   TEXT NOT NULL
) STRICT;
