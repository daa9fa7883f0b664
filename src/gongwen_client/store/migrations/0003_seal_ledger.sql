-- The ledger of seal uses as a signed chain (ADR 0036): entries are only ever added.
-- Lines of seal_uses, from before there was a chain, stay where they are.
CREATE TABLE seal_ledger (
    sequence    INTEGER PRIMARY KEY,
    use_id      TEXT NOT NULL,
    step        TEXT NOT NULL CHECK (step IN ('begun', 'sealed', 'refused', 'failed', 'interrupted')),
    body        TEXT NOT NULL,
    previous    TEXT NOT NULL,
    digest      TEXT NOT NULL UNIQUE,
    signer_kind TEXT NOT NULL CHECK (signer_kind IN ('seal_key', 'device')),
    signer      BLOB NOT NULL,
    algorithm   TEXT NOT NULL,
    signature   BLOB NOT NULL,
    UNIQUE (use_id, step)
) STRICT;
CREATE UNIQUE INDEX seal_ledger_one_end ON seal_ledger (use_id) WHERE step <> 'begun';
CREATE TRIGGER seal_ledger_stays BEFORE DELETE ON seal_ledger
BEGIN
    SELECT RAISE(ABORT, 'the ledger of seal uses is never shortened');
END;
CREATE TRIGGER seal_ledger_final BEFORE UPDATE ON seal_ledger
BEGIN
    SELECT RAISE(ABORT, 'an entry of the ledger never changes');
END;
