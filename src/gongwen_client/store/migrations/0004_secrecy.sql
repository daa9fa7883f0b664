-- Encrypted content: the directory of encryption certificates, which only grows, and what keeps a document
-- from being read here. own_envelope: keys of a document that this unit sent, for readers added later.

CREATE TABLE encryption_entries (
    sequence INTEGER PRIMARY KEY,
    view     TEXT NOT NULL
) STRICT;

ALTER TABLE documents ADD COLUMN obstacle TEXT NOT NULL DEFAULT '';
ALTER TABLE documents ADD COLUMN own_envelope TEXT NOT NULL DEFAULT '';
