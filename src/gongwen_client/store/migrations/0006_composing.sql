-- How a draft came about (what was prefilled, what the secrecy guard found, who did which step), and the
-- groups of units that are this PC's own.

ALTER TABLE drafts ADD COLUMN record TEXT NOT NULL DEFAULT '{}';

CREATE TABLE own_groups (
    name       TEXT PRIMARY KEY,
    unit_codes TEXT NOT NULL
) STRICT;
