-- The exchange's log as the sender of a document was shown it (JSON of a signed checkpoint), empty: not stated.

ALTER TABLE documents ADD COLUMN seen TEXT NOT NULL DEFAULT '';
