-- What follows on a sent document, the rules it was sent under, and the exchange's log as this PC saw it.
-- revision: the exchange counts the changes of a delivery; of two views the higher one is the newer.

ALTER TABLE deliveries ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
ALTER TABLE deliveries ADD COLUMN verified_at TEXT;
ALTER TABLE deliveries ADD COLUMN recalled_at TEXT;
ALTER TABLE deliveries ADD COLUMN sender_note TEXT NOT NULL DEFAULT '';
ALTER TABLE deliveries ADD COLUMN replaced_by TEXT NOT NULL DEFAULT '';
ALTER TABLE deliveries ADD COLUMN reminders INTEGER NOT NULL DEFAULT 0;
ALTER TABLE deliveries ADD COLUMN open_requests INTEGER NOT NULL DEFAULT 0;
ALTER TABLE deliveries ADD COLUMN view TEXT NOT NULL DEFAULT '';

ALTER TABLE documents ADD COLUMN profile_version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE documents ADD COLUMN more TEXT NOT NULL DEFAULT '{}';

ALTER TABLE drafts ADD COLUMN more TEXT NOT NULL DEFAULT '{}';

CREATE TABLE profiles (
    profile_id TEXT NOT NULL,
    version    INTEGER NOT NULL,
    view       TEXT NOT NULL,
    PRIMARY KEY (profile_id, version)
) STRICT;

-- Proof that a receipt is in the log, with the signed checkpoint that it was checked against.
CREATE TABLE proofs (
    sequence   INTEGER PRIMARY KEY,
    view       TEXT NOT NULL,
    checkpoint TEXT NOT NULL
) STRICT;

CREATE INDEX intents_alike ON intents (subject, kind, payload) WHERE state = 'pending';
