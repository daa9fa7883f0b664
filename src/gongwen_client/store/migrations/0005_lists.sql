-- Long lists and searching in the text of bodies (ADR 0051, 0052).

-- The words of the bodies of sent and received documents, which never change: only the index is kept, not the
-- text. rowid is documents.row_id; text_known says whether a document is in it.
CREATE VIRTUAL TABLE body_search USING fts5 (words, content = '', tokenize = 'unicode61');
ALTER TABLE documents ADD COLUMN text_known INTEGER NOT NULL DEFAULT 0;
CREATE INDEX documents_without_text ON documents (row_id) WHERE text_known = 0 AND fetch = 2;

-- Drafts change and are discarded, so their texts stand apart and go with them.
CREATE TABLE draft_texts (
    document_id TEXT PRIMARY KEY REFERENCES drafts (document_id) ON DELETE CASCADE,
    digest      TEXT NOT NULL,
    text        TEXT NOT NULL
) STRICT;

CREATE INDEX documents_by_sender ON documents (sender_name) WHERE ours = 0;
CREATE INDEX deliveries_from_us_open ON deliveries (document_id)
    WHERE to_us = 0 AND state IN ('delivered', 'viewed', 'verified');
CREATE INDEX deliveries_from_us_returned ON deliveries (document_id) WHERE to_us = 0 AND state = 'returned';
CREATE INDEX deliveries_from_us_asking ON deliveries (document_id) WHERE to_us = 0 AND open_requests > 0;
CREATE INDEX deliveries_from_us_by_unit ON deliveries (unit_name, document_id) WHERE to_us = 0;
-- Enough to order and to search deliveries to us without reading their rows.
CREATE INDEX deliveries_to_us_in_order ON deliveries (delivered_at, state, delivery_id, document_id)
    WHERE to_us = 1;
CREATE INDEX deliveries_to_us_by_document ON deliveries (document_id, state, delivered_at, delivery_id)
    WHERE to_us = 1;
