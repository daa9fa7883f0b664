-- What a person did by telephone about a sent document (电话联系记录). Lines are added, never changed.

CREATE TABLE calls (
    call_id     INTEGER PRIMARY KEY AUTOINCREMENT,
    document_id TEXT NOT NULL,
    unit_code   TEXT NOT NULL,
    spoken_with TEXT NOT NULL,
    said        TEXT NOT NULL,
    at          TEXT NOT NULL,
    by_post     TEXT NOT NULL
) STRICT;
CREATE INDEX calls_by_document ON calls (document_id, unit_code);
CREATE TRIGGER calls_stay BEFORE DELETE ON calls
BEGIN
    SELECT RAISE(ABORT, 'the record of calls is never shortened');
END;
CREATE TRIGGER calls_final BEFORE UPDATE ON calls
BEGIN
    SELECT RAISE(ABORT, 'a line of the record of calls never changes');
END;

-- What was typed into a dialog and not handed in yet, by dialog and by what it is about; ``words`` is JSON.
CREATE TABLE kept_words (
    form    TEXT NOT NULL,
    subject TEXT NOT NULL,
    words   TEXT NOT NULL,
    at      TEXT NOT NULL,
    PRIMARY KEY (form, subject)
) STRICT;

CREATE INDEX deliveries_asking ON deliveries (document_id) WHERE open_requests > 0;
