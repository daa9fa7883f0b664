-- The exchange's log as the sender of a document was shown it (JSON of a signed checkpoint). Beside the
-- documents, whose rows are read by the hundred thousand.

CREATE TABLE logs_seen (
    document_id TEXT PRIMARY KEY,
    checkpoint  TEXT NOT NULL
) STRICT;
